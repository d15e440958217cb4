"""The thread of transfer: an application of the learner's own that grows from lesson to lesson.

It is a notice board. One exercise a notebook, `nbNN.own`, in `nbNN.py` beside this file, is loaded with the
notebook's own file. It asks for what that lesson has just shown, on objects of the learner's in a namespace
of the learner's, `mine`. No lesson touches it, and each exercise begins with what earlier ones left there.
"""
