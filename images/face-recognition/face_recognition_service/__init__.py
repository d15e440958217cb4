"""Who is in this picture? A gRPC service around dlib's face recognition."""

import os

# One picture is the work of one core; WORKERS says how many at once. Read when NumPy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
