"""The word that a person types so that nothing great happens by a slip of the hand."""

from wtforms import Field, Form
from wtforms.validators import ValidationError

from question_bank.words import Words
from tiejun.web import translated


class TypedWord:
    """Validates that the field holds `word`, in Chinese or in the reader's language."""

    def __init__(self, word: Words, message: str) -> None:
        self.word = word
        self.message = message

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse any other word."""
        if (field.data or "").casefold() not in {self.word, translated(self.word).casefold()}:
            raise ValidationError(self.message)
