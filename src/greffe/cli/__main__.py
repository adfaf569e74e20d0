"""`python -m greffe.cli`: the same as the command `greffe`."""

from greffe.cli.app import main

if __name__ == "__main__":
    main()
