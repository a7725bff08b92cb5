"""The vault's keys in safe hands: made, wrapped, unlocked, shown, replaced; in processes of their own."""
