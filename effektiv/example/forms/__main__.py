"""Write Exempelby's folder anew, in ``params/`` of the working folder."""

from pathlib import Path

from effektiv.example.forms import write_forms

for path in write_forms(Path("params")):
    print(path.as_posix())
