"""What granian loads in each process that serves: the application, in a process that ends with it."""

from greffe.cli.parents import die_with_starter
from greffe.wsgi import application

__all__ = ["application"]

die_with_starter()
