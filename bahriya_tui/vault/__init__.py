"""Sealing and opening of credentials. Only the opener process imports `vault.open`; everybody may seal."""
