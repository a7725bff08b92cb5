"""The demo: a sample world on embedded regions and an embedded registry, through the code of production.

Everything lives in a folder of its own and ends with the demo, also when the demo is killed: each process it
starts holds the reading end of a pipe whose writing end only the demo has.
"""
