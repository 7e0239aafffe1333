"""What can be done to views and data so that an older series takes them: the vocabulary of ``steps``.

Each function here takes its settings and gives a function that changes a file's root element in place.
"""

from xml.etree import ElementTree

from . import conditions, xmlfile

CONDITIONS = ("invisible", "readonly", "required")
CONSTANTS = {"0", "1", "True", "False", "true", "false"}


def rename_element(old, new):
    """Elements named ``old`` are called ``new``."""

    def change(root):
        for element in root.iter(old):
            element.tag = new

    return change


def replace_view_type(old, new):
    """Actions that open a view of the type ``old`` name the type ``new``."""

    def change(root):
        for field in root.iter("field"):
            if field.get("name") == "view_mode" and field.text:
                field.text = ",".join(new if mode == old else mode for mode in field.text.split(","))

    return change


def rename_attribute(old, new):
    """Attributes named ``old`` are called ``new``."""

    def change(root):
        for element in root.iter():
            if old in element.attrib:
                attributes = {new if name == old else name: value for name, value in element.attrib.items()}
                element.attrib.clear()
                element.attrib.update(attributes)

    return change


def replace_words(attribute, words):
    """Words of an attribute (CSS classes, say) are exchanged: ``{old: new}``; a word that ends in ``-`` is a prefix."""

    def exchanged(word):
        if word in words:
            return words[word]
        for prefix, new in words.items():
            if prefix.endswith("-") and word.startswith(prefix):
                return new + word[len(prefix) :]
        return word

    def change(root):
        for element in root.iter():
            if attribute in element.attrib:
                element.set(attribute, " ".join(exchanged(word) for word in element.get(attribute).split(" ")))

    return change


def drop_attribute(name, value):
    """Attributes that say exactly this are left out: the series has no such option, or behaves like that anyway."""

    def change(root):
        for element in root.iter():
            if element.get(name) == value:
                del element.attrib[name]

    return change


def drop_widget(name):
    """Fields that are shown by the widget ``name`` are shown as their type is: the series does not have it."""

    def change(root):
        for element in root.iter("field"):
            if element.get("widget") == name:
                del element.attrib["widget"]
                element.attrib.pop("options", None)

    return change


def add_before(path, text):
    """In front of elements at ``path`` (in the XPath of ElementTree) stands another one, written in ``text``."""

    def change(root):
        for parent in list(root.iter()):
            for element in parent.findall(path):
                position = list(parent).index(element)
                added = ElementTree.fromstring(text)
                added.tail = parent[position - 1].tail if position else parent.text
                parent.insert(position, added)

    return change


def drop_element(tag, name):
    """Elements ``tag`` with this name are left out: the series cannot show them."""

    def change(root):
        for parent in list(root.iter()):
            for element in parent.findall(tag):
                if element.get("name") == name:
                    xmlfile.remove(parent, element)

    return change


def cards_to_boxes(root):
    """A kanban's ``card`` is its ``kanban-box``, with one element around what it holds; a click on it opens the record."""
    for template in root.iter("t"):
        if template.get("t-name") == "card":
            template.set("t-name", "kanban-box")
            box = ElementTree.Element("div")
            box.set("class", " ".join(["oe_kanban_global_click", *template.attrib.pop("class", "").split()]))
            box[:] = template[:]
            template[:] = [box]
            box.tail = template.text and template.text[: -len(xmlfile.INDENT)]
            xmlfile.indent(box, xmlfile.level(root, box))


def rename_field(model, old, new):
    """Records of ``model`` have the field ``new`` instead of ``old``."""

    def change(root):
        for record in root.iter("record"):
            for field in record.iterfind("field") if record.get("model") == model else ():
                if field.get("name") == old:
                    field.set("name", new)

    return change


def add_field(model, name, value):
    """Records of ``model`` must say ``<field name="…" eval="…"/>``, which newer series no longer have."""

    def change(root):
        for record in root.iter("record"):
            if record.get("model") == model:
                last = record[-1]
                field = ElementTree.SubElement(record, "field", {"name": name, "eval": value})
                field.tail, last.tail = last.tail, record.text

    return change


def conditions_to_attrs(root):
    """``invisible``, ``readonly`` and ``required`` hold constants alone; conditions are domains in ``attrs``."""
    for element in root.iter():
        found = {name: value for name, value in element.attrib.items() if name in CONDITIONS and value not in CONSTANTS}
        if not found:
            continue
        inside = ", ".join(f"'{name}': {conditions.domain(value)}" for name, value in found.items())
        attributes = {}
        for name, value in element.attrib.items():
            if name in found:
                attributes.setdefault("attrs", f"{{{inside}}}")
            else:
                attributes[name] = value
        element.attrib.clear()
        element.attrib.update(attributes)


def chatter_to_fields(root):
    """``<chatter/>`` is written out as the fields that it stands for."""
    for parent in list(root.iter()):
        for chatter in parent.findall("chatter"):
            chatter.tag = "div"
            chatter.set("class", "oe_chatter")
            for name in ("message_follower_ids", "activity_ids", "message_ids"):
                ElementTree.SubElement(chatter, "field", {"name": name})
            xmlfile.indent(chatter, xmlfile.level(root, chatter))


def settings_inline(root):
    """Actions that open the settings say so: they have a frame of their own."""
    for record in root.iter("record"):
        if any(field.get("name") == "res_model" and field.text == "res.config.settings" for field in record):
            last = record[-1]
            field = ElementTree.SubElement(record, "field", {"name": "target"})
            field.text = "inline"
            field.tail, last.tail = last.tail, record.text


def settings_to_boxes(root):
    """``<block>`` and ``<setting>`` of General Settings are written out as the boxes that they stand for.

    A setting that begins with a ``<field>`` has its checkbox on the left; any other has its title and help above it.
    """
    for parent in list(root.iter()):
        for block in parent.findall("block"):
            level = xmlfile.level(root, block)
            title = ElementTree.Element("h2")
            title.text = block.get("title")
            title.tail = "\n" + xmlfile.INDENT * level
            parent.insert(list(parent).index(block), title)
            block.tag = "div"
            attributes = {name: value for name, value in block.attrib.items() if name != "title"}
            block.attrib.clear()
            block.attrib.update({"class": "row mt16 o_settings_container", **attributes})
            for setting in block.iterfind("setting"):
                _box(setting)
            xmlfile.indent(block, level)


def _box(setting):
    title, text = setting.attrib.pop("string"), setting.attrib.pop("help", None)
    attributes = dict(setting.attrib)
    content = list(setting)
    for child in content:
        setting.remove(child)
    setting.tag, setting.text = "div", None
    setting.attrib.clear()
    setting.attrib.update({"class": "col-12 col-lg-6 o_setting_box", **attributes})
    left = ElementTree.SubElement(setting, "div", {"class": "o_setting_left_pane"})
    right = ElementTree.SubElement(setting, "div", {"class": "o_setting_right_pane"})
    if content and content[0].tag == "field":
        left.append(content.pop(0))
    field = left.find("field") if len(left) else next(element for each in content for element in each.iter("field"))
    ElementTree.SubElement(right, "label", {"for": field.get("name"), "string": title})
    if text:
        ElementTree.SubElement(right, "div", {"class": "text-muted"}).text = text
    right.extend(content)
