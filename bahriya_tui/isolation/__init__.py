"""What a process gives up for the rest of its life: enforced by the kernel, not by our good manners."""
