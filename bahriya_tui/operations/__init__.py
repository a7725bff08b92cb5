"""What an operator can ask for, by verbs; the terminal and the command line are two skins of these.

`plan_*` gives a value and changes nothing. The others do the work, or raise a model error and leave what was
there as it was. No token passes through here: a `ReadToken` starts the process that reads and seals one.
"""
