"""The network's own words: Markdown files, read into the blocks of the document.

`texts/<year>/<chapter>.<language>.md`, the chapter by its identifier. HTML in them stays text, images are their
alternative, links lead to http(s) addresses or into the report alone.
"""

from __future__ import annotations

from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from analyses.report.document import Block, Bullets, Heading, Inlines, Paragraph, Quotation, Run
from analyses.report.messages import clean


def commentary(folder: Path | None, year: int, chapter: str, language: str) -> tuple[Block, ...]:
    """The blocks of a chapter's commentary; none where there is no file."""
    if folder is None:
        return ()
    path = folder / str(year) / f"{chapter}.{language}.md"
    if not path.is_file():
        return ()
    return blocks(path.read_text(encoding="utf-8-sig", errors="replace"))


def blocks(markdown: str) -> tuple[Block, ...]:
    """Markdown as blocks."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).parse(clean(markdown)))
    return tuple(block for node in tree.children for block in _blocks(node))


def _blocks(node: SyntaxTreeNode) -> list[Block]:
    match node.type:
        case "heading":
            return [Heading(_inlines(node))]
        case "paragraph":
            return [Paragraph(_inlines(node))]
        case "bullet_list" | "ordered_list":
            items = tuple(_joined([_inlines(child) for child in item.children]) for item in node.children)
            return [Bullets(items, is_ordered=node.type == "ordered_list")]
        case "blockquote":
            return [Quotation(_joined([_inlines(child) for child in node.children]))]
        case "fence" | "code_block":
            return [Paragraph((Run(node.content, "code", is_foreign=True),))]
        case _:
            return []


def _joined(parts: list[Inlines]) -> Inlines:
    found: Inlines = ()
    for part in parts:
        found += (Run(" "), *part) if found else part
    return found


def _inlines(node: SyntaxTreeNode, style: str = "", href: str = "") -> Inlines:
    found: list[Run] = []
    for child in node.children:
        match child.type:
            case "text" | "html_inline" | "code_inline":
                kind = "code" if child.type == "code_inline" else style
                if child.content:
                    found.append(Run(child.content, kind, href, is_foreign=True))  # type: ignore[arg-type]
            case "softbreak" | "hardbreak":
                found.append(Run(" "))
            case "strong" | "em":
                found += _inlines(child, "strong" if child.type == "strong" else "emphasis", href)  # type: ignore[arg-type]
            case "link":
                found += _inlines(child, style, _address(str(child.attrs.get("href", ""))))  # type: ignore[arg-type]
            case "image":
                found.append(Run(child.content, style, href, is_foreign=True))  # type: ignore[arg-type]
            case _:
                found += _inlines(child, style, href)  # type: ignore[arg-type]
    return tuple(found)


def _address(href: str) -> str:
    """An address that a reader may follow; nothing for any other kind."""
    return href if href.startswith(("https://", "http://", "#", "mailto:")) else ""
