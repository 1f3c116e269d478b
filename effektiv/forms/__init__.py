"""Forms as workbooks: declared once as data, written with lists to choose from, read back cell by cell."""

from effektiv.forms.form import Column, Fault, Form, FormRead, FormRow, Kind, Sheet, Value
from effektiv.forms.read import read
from effektiv.forms.workbook import ENDINGS
from effektiv.forms.write import write

__all__ = [
    "ENDINGS",
    "Column",
    "Fault",
    "Form",
    "FormRead",
    "FormRow",
    "Kind",
    "Sheet",
    "Value",
    "read",
    "write",
]
