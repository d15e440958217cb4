"""The end states that exercises ask for, each told one way: what is still missing, as a sentence.

A sentence is empty when the state is reached, so that claims are joined by `or`:

    return passed_unless(standing(found, "Deployment spare") or unfinished(found))

What an object leaves out, says twice or holds under another spelling is met here, and nowhere else.
"""
