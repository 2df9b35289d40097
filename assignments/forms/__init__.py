"""What people type in, by subject; each form returns values of the domain."""
