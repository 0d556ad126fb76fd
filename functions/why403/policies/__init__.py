"""Every policy that has a say: one file a service, and the register of them."""
