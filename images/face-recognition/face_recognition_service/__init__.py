"""Who is in this picture? A gRPC service around dlib's face recognition."""
