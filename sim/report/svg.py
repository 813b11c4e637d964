# SPDX-License-Identifier: Apache-2.0
"""Makes of matplotlib's SVG one that lives inside a page: colours become CSS variables (so that
the page's light and dark schemes hold), fonts the page's, names unique, and over the points lie
targets with their values as titles."""
import re
import xml.etree.ElementTree as ET

# Colours that stand for a role while matplotlib draws.
TEXT, AXIS, GRID, MARK, PAPER = "#010101", "#010102", "#010103", "#010104", "#010105"
CURVES = 8
_ROLES = {TEXT: "--ink", AXIS: "--axis", GRID: "--grid", MARK: "--mark", PAPER: "--paper"}

_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_COLOR = re.compile(r"#[0-9a-f]{6}")
_FONT = re.compile(r"font:\s*(?:[\w.]+\s+)*?([\d.]+)px\s+[^;]*")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def curve_color(number):
    return f"#02{number % CURVES + 1:02x}00"


def _variable(match):
    code = match.group(0)
    if code in _ROLES:
        return f"var({_ROLES[code]})"
    if code.startswith("#02") and code.endswith("00"):
        return f"var(--c{int(code[3:5], 16)})"
    return code


def _style(text):
    text = _COLOR.sub(_variable, text)
    return _FONT.sub(r"font-size: \1px", text)


def _local(element, identity):
    """Names of this element and what it refers to, made unique by the figure's identity."""
    for key, value in list(element.attrib.items()):
        if key == _LINK:
            del element.attrib[key]
            element.set("href", value.replace("#", f"#{identity}-", 1))
        elif key == "id":
            element.set("id", f"{identity}-{value}")
        elif "url(#" in value:
            element.set(key, value.replace("url(#", f"url(#{identity}-"))


def _tidy(root, identity):
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("metadata"):
                parent.remove(child)
            elif child.tag == _SVG + "style":
                parent.remove(child)  # stroke-linejoin for all: the page's style says it
    for element in root.iter():
        element.tag = element.tag.replace(_SVG, "")
        _local(element, identity)
        if element.tag == "text":
            element.attrib.pop("id", None)
        if "style" in element.attrib:
            element.set("style", _style(element.get("style")))
        for key in ("d", "x", "y", "transform"):
            if key in element.attrib:
                element.set(key, _NUMBER.sub(lambda m: f"{float(m.group(0)):.2f}", element.get(key)))


def _referred(root):
    names = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "href":
                names.add(value[1:])
            names.update(re.findall(r"url\(#([^)]*)\)", value))
    return names


def for_page(text, identity, targets):
    """targets: (number of the curve, x, y, words) of each point, in the SVG's units."""
    root = ET.fromstring(text)
    _tidy(root, identity)
    used = _referred(root)
    for element in root.iter():
        if element.get("id") and element.get("id") not in used:
            del element.attrib["id"]
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("class", "plot")
    root.set("role", "img")
    root.set("aria-labelledby", f"{identity}-title")
    root.set("tabindex", "0")
    group = ET.SubElement(root, "g", {"class": "targets"})
    for number, x, y, words in targets:
        circle = ET.SubElement(group, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": "7",
                                                 "data-curve": str(number)})
        ET.SubElement(circle, "title").text = words
    return ET.tostring(root, encoding="unicode")
