"""Commands of the operator that are run when something needs a person. Knows neither store nor screens."""
