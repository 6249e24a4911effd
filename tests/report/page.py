"""What the tests see of a page: its elements, and what is wrong with its markup."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "br", "img", "hr", "input", "wbr"}


@dataclass
class Element:
    """An element; `text` is all the text inside, blanks squeezed (no-break ones kept)."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).replace("\n", " ").split(" ")).strip()

    def all(self, *tags: str) -> list[Element]:
        """The elements inside with one of these names, in the order of the page."""
        found = []
        for child in self.children:
            found += [child] if child.tag in tags else []
            found += child.all(*tags)
        return found

    def find(self, ident: str) -> Element:
        """The element inside with this id."""
        return next(e for e in self.walk() if e.attributes.get("id") == ident)

    def walk(self) -> list[Element]:
        return [self, *(element for child in self.children for element in child.walk())]

    def values(self) -> list[float]:
        """The exact values of the figures printed inside."""
        return [float(element.attributes["value"]) for element in self.all("data")]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {}, None)
        self.errors: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len({name for name, _ in attrs}) < len(attrs):
            self.errors.append(f"an attribute twice in <{tag}>")
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.here.tag != tag:
            self.errors.append(f"</{tag}> closes <{self.here.tag}>")
            return
        assert self.here.parent
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        while element:
            element.pieces.append(data)
            element = element.parent


def parse(path: Path) -> Element:
    """The page as a tree; an AssertionError if its tags do not nest."""
    parser = _Parser()
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    assert not parser.errors, parser.errors
    assert parser.here is parser.root, f"<{parser.here.tag}> stays open"
    return parser.root


def table(root: Element, caption: str) -> dict[str, Element]:
    """The rows of the table whose caption has this id, by the text of their heading."""
    found = root.find(caption).parent
    assert found
    return {row.all("th")[0].text: row for body in found.all("tbody", "tfoot") for row in body.all("tr")}
