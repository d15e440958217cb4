"""The states that most lessons begin with; `dataclasses.replace` makes a lesson's own of one."""

from kubeface.lesson.plan import State
from kubeface.model.ownership import NODE_LABEL
from kubeface.pipeline.deploy import NAMESPACE, SECRET, ensure_secret

#: Nothing of the pipeline: no namespace, no label on a node.
NOTHING = State(gone=(NAMESPACE,))

#: The whole pipeline, ready.
PIPELINE = State(
    folders=(".",),
    labels={NODE_LABEL: "true"},
    keep=(f"secret/{SECRET}",),
    first=(ensure_secret,),
)
