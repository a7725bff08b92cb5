"""Speaking to the Kubernetes API of one region: requests, manifests, and the words of its answers."""
