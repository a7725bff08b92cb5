"""`python -I -m bahriya_tui.opener`: isolates itself before it imports anything else."""

from bahriya_tui.launch.isolation import isolate

if __name__ == "__main__":
    isolate()
    from bahriya_tui.opener.main import main

    main()
