"""The process that runs deployments, checks and removals; it joins the store with the regions."""
