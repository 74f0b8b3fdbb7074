"""What makes a PDF one for archives (ISO 19005-3, PDF/A-3) and its XML an invoice's (Factur-X 1.0, ZUGFeRD 2).

Colours by an sRGB profile, metadata as XMP beside the old dictionary, no font that is not embedded, files attached with
what they are to the document. Whether a whole document conforms only a validator can say; none runs in this project's
tests (docs/bills.md). Needs the extra `billing`.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

import msgspec
from PIL import ImageCms
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from nodechain.billing.pdf_attachments import INVOICE_NAME
from nodechain.errors import require

LEVEL: Final = "EN 16931"
PART: Final = "3"
CONFORMANCE: Final = "B"
CREATED: Final = "D:20000101000000+00'00'"
CREATED_XMP: Final = "2000-01-01T00:00:00+00:00"
"""reportlab's fixed time: the same bill gives the same bytes. When it was issued stands in it."""
PRODUCER: Final = "nodechain"
FIRST_FONT: Final = "/F1"
_FIRST_FONT_CHOSEN: Final = re.compile(rb"BT /F1 [\d.]+ Tf [\d.]+ TL ET")
_PROFILE_DATE: Final = slice(24, 36)


class Attachment(msgspec.Struct, frozen=True):
    """A file in the document; `relationship`: Source, Alternative or Supplement of what people see."""

    name: str
    data: bytes
    mime: str
    relationship: str
    description: str


def archived(content: bytes, title: str, author: str, language: str, attachments: Sequence[Attachment]) -> bytes:
    """A PDF with profile, metadata and attachments; the same arguments give the same bytes."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.pdf_header = "%PDF-1.7"
    for page in writer.pages:
        _drop_first_font(writer, page)
    root = writer.root_object
    files = [_attach(writer, attachment) for attachment in attachments]
    names = ArrayObject()
    for attachment, file in sorted(zip(attachments, files, strict=True), key=lambda pair: pair[0].name):
        names += [TextStringObject(attachment.name), file]
    embedded = DictionaryObject({NameObject("/Names"): names})
    root[NameObject("/Names")] = DictionaryObject({NameObject("/EmbeddedFiles"): embedded})
    root[NameObject("/AF")] = ArrayObject(files)
    root[NameObject("/Lang")] = TextStringObject(language)
    root[NameObject("/OutputIntents")] = ArrayObject([_intent(writer)])
    root[NameObject("/Metadata")] = _metadata(writer, title, author, attachments)
    writer.metadata = {
        "/Title": title,
        "/Author": author,
        "/Producer": PRODUCER,
        "/CreationDate": CREATED,
        "/ModDate": CREATED,
    }
    identity = ByteStringObject(hashlib.sha256(content + b"".join(each.data for each in attachments)).digest()[:16])
    writer._ID = ArrayObject([identity, identity])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _drop_first_font(writer: PdfWriter, page: PageObject) -> None:
    """Pages and tables begin in Helvetica, which is not embedded, and nothing is written in it: that is dropped."""
    contents = page.get_contents()
    fonts = page["/Resources"]["/Font"]
    if contents is None:
        return
    left = _FIRST_FONT_CHOSEN.sub(b"", contents.get_data())
    require(FIRST_FONT.encode() + b" " not in left, "nothing is written in the font that is not embedded")
    stream = DecodedStreamObject()
    stream.set_data(left)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    fonts.pop(FIRST_FONT, None)


def _attach(writer: PdfWriter, attachment: Attachment) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(attachment.data)
    packed = stream.flate_encode()
    packed[NameObject("/Type")] = NameObject("/EmbeddedFile")
    packed[NameObject("/Subtype")] = NameObject(f"/{attachment.mime}")
    packed[NameObject("/Params")] = DictionaryObject(
        {
            NameObject("/Size"): NumberObject(len(attachment.data)),
            NameObject("/ModDate"): TextStringObject(CREATED),
            NameObject("/CheckSum"): ByteStringObject(hashlib.md5(attachment.data, usedforsecurity=False).digest()),
        }
    )
    held = writer._add_object(packed)
    return writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Filespec"),
                NameObject("/F"): TextStringObject(attachment.name),
                NameObject("/UF"): TextStringObject(attachment.name),
                NameObject("/Desc"): TextStringObject(attachment.description),
                NameObject("/AFRelationship"): NameObject(f"/{attachment.relationship}"),
                NameObject("/EF"): DictionaryObject({NameObject("/F"): held, NameObject("/UF"): held}),
            }
        )
    )


def _intent(writer: PdfWriter) -> DictionaryObject:
    """The colours of the document are sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = bytes.fromhex("07d000010001000000000000")
    stream = DecodedStreamObject()
    stream.set_data(bytes(profile))
    packed = stream.flate_encode()
    packed[NameObject("/N")] = NumberObject(3)
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/OutputIntent"),
            NameObject("/S"): NameObject("/GTS_PDFA1"),
            NameObject("/OutputConditionIdentifier"): TextStringObject("sRGB"),
            NameObject("/Info"): TextStringObject("sRGB IEC61966-2.1"),
            NameObject("/DestOutputProfile"): writer._add_object(packed),
        }
    )


def _metadata(writer: PdfWriter, title: str, author: str, attachments: Sequence[Attachment]) -> IndirectObject:
    stream = DecodedStreamObject()
    invoice = any(attachment.name == INVOICE_NAME for attachment in attachments)
    stream.set_data(xmp(title, author, invoice=invoice).encode())
    stream[NameObject("/Type")] = NameObject("/Metadata")
    stream[NameObject("/Subtype")] = NameObject("/XML")
    return writer._add_object(stream)


def xmp(title: str, author: str, *, invoice: bool) -> str:
    """The metadata; of an invoice with the properties of Factur-X and the schema that describes them."""
    return (
        '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        f"<pdfaid:part>{PART}</pdfaid:part><pdfaid:conformance>{CONFORMANCE}</pdfaid:conformance></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt></dc:title>'
        f"<dc:creator><rdf:Seq><rdf:li>{escape(author)}</rdf:li></rdf:Seq></dc:creator></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f"<pdf:Producer>{PRODUCER}</pdf:Producer></rdf:Description>"
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f"<xmp:CreateDate>{CREATED_XMP}</xmp:CreateDate><xmp:ModifyDate>{CREATED_XMP}</xmp:ModifyDate>"
        f"</rdf:Description>{_FACTUR_X if invoice else ''}"
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    )


_PROPERTIES: Final = (
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE"),
    ("Version", "version of the Factur-X XML schema"),
    ("ConformanceLevel", "conformance level of the embedded data"),
)
_FACTUR_X: Final = (
    '<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">'
    f"<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>{INVOICE_NAME}</fx:DocumentFileName>"
    f"<fx:Version>1.0</fx:Version><fx:ConformanceLevel>{LEVEL}</fx:ConformanceLevel></rdf:Description>"
    '<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    + "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name><pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, meaning in _PROPERTIES
    )
    + "</rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)
