"""Amazon EKS: from a cluster's log group to the pod and the role that it has."""
