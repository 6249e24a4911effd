"""What DDI-Codebook 2.5 asks of the elements that the package uses.

The official XSD is in no package registry, so this is its content model for those elements, written down by hand
from the schema of 2.5.1 (namespace ddi:codebook:2_5): the order of children and how often each may stand, the
attributes with their vocabularies, and that references find their ids. An element that is not here fails.

Where the environment variable DDI_XSD names a codebook.xsd, the test validates with lxml against that too; without it
that test is skipped.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET

NAMESPACE = "{ddi:codebook:2_5}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

#: Children in their order; `?` at most one, `*` any number, `+` at least one, nothing: exactly one.
_CITATION = "titlStmt rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit* holdings* notes*"
CHILDREN = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr* otherMat*",
    "docDscr": "citation? guide* docStatus* docSrc* controlledVocabUsed* notes*",
    "stdyDscr": "citation+ studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*",
    "citation": _CITATION,
    "titlStmt": "titl subTitl* altTitl* parTitl* IDNo*",
    "rspStmt": "AuthEnty* othId*",
    "prodStmt": "producer* copyright* prodDate* prodPlac* software* fundAg* grantNo*",
    "verStmt": "version* verResp* notes*",
    "stdyInfo": "studyBudget* subject* abstract* sumDscr* qualityStatement? notes* exPostEvaluation*",
    "subject": "keyword* topcClas*",
    "sumDscr": "timePrd* collDate* nation* geogCover* geogUnit* geoBndBox? boundPoly* anlyUnit* universe* dataKind*",
    "dataAccs": "setAvail* useStmt* notes*",
    "useStmt": "confDec* specPerm* restrctn* contact* citReq* deposReq* conditions* disclaimer*",
    "fileDscr": "fileTxt* locMap? notes*",
    "fileTxt": "fileName* fileCitation? dataFingerprint* fileCont? fileStrc? dimensns? fileType* format* filePlac*"
    " dataChck* ProcStat* dataMsng* software* verStmt*",
    "dimensns": "caseQnty* varQnty* logRecL* recPrCas* recNumTot*",
    "dataDscr": "varGrp* nCubeGrp* var* nCube* notes*",
    "varGrp": "labl* txt* concept* defntn* universe* notes*",
    "var": "location* labl* imputation* security* embargo* respUnit* anlysUnit* qstn* valrng* invalrng* undocCod*"
    " universe* TotlResp* sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation?"
    " varFormat? geoMap* catLevel* notes*",
    "qstn": "qstnLit*",
    "valrng": "range+ key* notes*",
    "catgry": "catValu? labl* txt* catStat* mrow?",
}
TEXTS = """
    titl parTitl IDNo AuthEnty producer software version keyword abstract timePrd nation anlyUnit universe restrctn
    conditions fileName fileCont caseQnty varQnty fileType labl qstnLit catValu notes
"""

#: Attributes beside those that every element may have; a tuple is a vocabulary.
_GLOBAL = {"ID": None, f"{_XML}lang": None, "source": ("archive", "producer")}
ATTRIBUTES: dict[str, dict[str, tuple[str, ...] | None]] = {
    "codeBook": {"version": ("2.5",), f"{_XSI}schemaLocation": None},
    "software": {"version": None},
    "timePrd": {"event": ("start", "end", "single"), "date": None},
    "nation": {"abbr": None},
    "fileDscr": {"URI": None},
    "fileType": {"charset": None},
    "varGrp": {"type": ("section", "other"), "name": None, "var": None},
    "var": {
        "name": None,
        "intrvl": ("contin", "discrete"),
        "nature": ("nominal", "ordinal", "interval", "ratio", "percent"),
        "temporal": ("Y", "N"),
        "measUnit": None,
    },
    "qstn": {"responseDomainType": ("category", "multiple", "numeric", "datetime", "text")},
    "catgry": {"missing": ("Y", "N"), "missType": None},
    "range": {"UNITS": ("INT", "REAL"), "min": None, "minExclusive": None, "max": None, "maxExclusive": None},
    "varFormat": {
        "type": ("numeric", "character"),
        "schema": ("SAS", "SPSS", "IBM", "ANSI", "ISO"),
        "category": ("date",),
    },
}
REQUIRED = {"var": ("name",)}
EMPTY = ("range", "varFormat")
REFERENCES = {("varGrp", "var")}


def official(document: bytes) -> list[str] | None:
    """What the XSD at DDI_XSD finds wrong with a codebook; None without it."""
    if not (schema := os.environ.get("DDI_XSD")):
        return None
    from lxml import etree

    validator = etree.XMLSchema(etree.parse(schema))
    validator.validate(etree.fromstring(document))
    return [f"line {error.line}: {error.message}" for error in validator.error_log]


def faults(document: bytes) -> list[str]:
    """What in a codebook is not as the standard asks."""
    root = ET.fromstring(document)
    found = [] if root.tag == f"{NAMESPACE}codeBook" else [f"root is {root.tag}"]
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    found += [f"id {ident} twice" for ident in sorted({str(i) for i in ids if ids.count(i) > 1})]
    for element in root.iter():
        if not element.tag.startswith(NAMESPACE):
            found.append(f"{element.tag}: is not of the namespace")
        name = element.tag.removeprefix(NAMESPACE)
        found += _faults_of(element, name)
        for attribute, value in element.items():
            if (name, attribute) in REFERENCES:
                found += [f"{name}: {ref} is no id" for ref in value.split() or [value] if ref not in ids]
            if attribute == "ID" and not re.fullmatch(r"[A-Za-z_][\w.-]*", value):
                found.append(f"{name}: {value} cannot be an id")
            if attribute == f"{_XML}lang" and not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value):
                found.append(f"{name}: {value!r} is no language")
    return found


def _faults_of(element: ET.Element, name: str) -> list[str]:
    children = " ".join(child.tag.removeprefix(NAMESPACE) for child in element)
    if name in EMPTY:
        found = [f"{name}: has {children}"] if children else []
        if element.text is not None:
            found.append(f"{name}: has text")
    elif name in TEXTS.split():
        found = [f"{name}: has {children}"] if children else []
        if not (element.text or "").strip():
            found.append(f"{name}: empty")
    elif name in CHILDREN:
        parts = (re.fullmatch(r"(\w+)([?*+]?)", part) for part in CHILDREN[name].split())
        pattern = "".join(f"(?:{part[1]} ){part[2]}" for part in parts if part)
        found = [] if re.fullmatch(pattern, children + " " if children else "") else [f"{name}: {children}"]
        if any((text or "").strip() for text in (element.text, *(child.tail for child in element))):
            found.append(f"{name}: has text")
    else:
        return [f"{name}: not known here"]
    found += [
        f"{name}: no {attribute}" for attribute in REQUIRED.get(name, ()) if attribute not in element.attrib
    ]
    allowed = {**_GLOBAL, **ATTRIBUTES.get(name, {})}
    for attribute, value in element.items():
        if attribute not in allowed:
            found.append(f"{name}: attribute {attribute}")
        elif (vocabulary := allowed[attribute]) and value not in vocabulary:
            found.append(f"{name}: {attribute} is {value}")
    return found
