"""A list of which several may be chosen, told by a sign and not by colour alone."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widgets import SelectionList


class Ticks(SelectionList[str]):
    """Shows `[x]` before what is ticked and `[ ]` before what is not."""

    def render_line(self, y: int) -> Strip:
        """Draw a line; the signs take the place of a button that looks the same without colours."""
        line = super().render_line(y)
        index = self.scroll_offset.y + y
        if index >= self.option_count:
            return line
        # Three segments draw the button; what follows has the style of the words.
        words = list(line)[3:]
        sign = "[x]" if self.get_option_at_index(index).value in self.selected else "[ ]"
        style = (words[0].style or Style()) + Style(meta={"option": index})
        return Strip([Segment(sign, style), *words])
