"""A cluster that exists already, by its kubeconfig context: minikube's, kind's, a cloud's, a colleague's."""
