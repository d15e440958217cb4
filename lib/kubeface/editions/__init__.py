"""The learner's edition of the course: a folder of their own, renewed without losing what they did there."""

from kubeface.editions.course import read as read
from kubeface.editions.folder import Folder as Folder
