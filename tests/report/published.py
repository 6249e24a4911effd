"""A small published database, made for tests: its tables have the columns that the models promise, and no others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml

MODELS = Path(__file__).parents[2] / "models"

Row = dict[str, Any]
Tables = dict[str, list[Row]]

CRITERIA = (
    ("lien-social", "individuel", "Lien social"),
    ("sante", "individuel", "Santé"),
    ("insertion-professionnelle", "individuel", "Insertion professionnelle"),
    ("capacite-a-agir", "individuel", "Capacité à agir"),
    ("solidarite", "collectif", "Solidarité"),
    ("reseaux", "collectif", "Réseau de personnes"),
    ("inclusion-exclusion", "collectif", "Sentiment d'inclusion ou d'exclusion"),
    ("egalite-femmes-hommes", "collectif", "Égalité femmes/hommes"),
    ("cadre-de-vie", "territorial", "Cadre de vie et attractivité du quartier"),
    ("entretien-des-espaces", "territorial", "Entretien des espaces"),
    ("services-publics", "territorial", "Services publics et de proximité"),
    ("innovation-publique", "territorial", "Innovation publique"),
)

STATUSES = {
    "ok": "Publié",
    "bounds": "Seulement des bornes",
    "small_n": "Trop peu de réponses",
    "suppressed": "Masqué",
    "not_asked": "Question non posée",
    "no_data": "Pas de réponse",
    "break": "Rupture de série",
}

#: The category of each question that an indicator counts.
QUESTIONS = {
    "impact_social_public": "lien-social",
    "sante_effet": "sante",
    "appartenance": "inclusion-exclusion",
    "entretien": "entretien-des-espaces",
    "innovation": "innovation-publique",
}

INDICATORS = (
    ("I1", "Mixité des rencontres", "impact_social_public"),
    ("I3", "Publics en difficulté", "impact_social_public"),
    ("I6", "Effets positifs sur la santé", "sante_effet"),
    ("I7", "Inconfort ou stress", "sante_effet"),
    ("K5", "Appartenance", "appartenance"),
    ("K6", "Exclusion", "appartenance"),
    ("Q2", "Entretien amélioré", "entretien"),
    ("Q6", "Innovation publique", "innovation"),
    ("P1", "Surface", ""),
    ("X1", "Ampleur", ""),
    ("X2", "Intensité", ""),
)

TESTIMONIES = ("Ils se parlent.", "On se croise au jardin.")

#: Evaluations by year.
EVALUATIONS = {2023: 10, 2024: 11, 2025: 12}


def contracts() -> dict[str, dict[str, str]]:
    """Published tables, and the type of each of their columns, as the models' contracts have them."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(MODELS.glob("**/_*__models.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            if model["name"].split("_")[0] in ("dim", "fct", "rpt", "qc"):
                found[model["name"]] = {c["name"]: c["data_type"] for c in model["columns"]}
    return found


def publish(folder: Path, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Write `<folder>/effets.duckdb` with every published table, empty where no rows are given."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "effets.duckdb")) as connection:
        connection.execute("begin")
        for table, columns in contracts().items():
            listed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            connection.execute(f"create table {table} ({listed})")
            for given in tables.get(table, []):
                row = {name: value for name, value in given.items() if name in columns}
                names = ", ".join(f'"{name}"' for name in row)
                places = ", ".join("?" * len(row))
                connection.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))
        connection.execute("commit")
    return folder


def network(mark: str = "") -> Tables:
    """The tables of an invented network of three years; `mark` ends the identifiers of its sites."""
    years = range(2023, 2026)
    sites = [f"lieu-{number}{mark}" for number in range(1, 13)]
    return {
        "dim_campaign": [
            {"year": year, "evaluation_count": count, "export_count": count + 2}
            for year, count in EVALUATIONS.items()
        ],
        "dim_project": [
            {"project_id": site, "name": site.title(), "first_year": 2023 + max(0, number - 6) // 2}
            for number, site in enumerate(sites)
        ],
        "dim_category": [
            {
                "category_id": category,
                "level_id": level,
                "position": number,
                "criterion_number": number,
                "label_fr": label,
                "label_en": f"{label} in English",
            }
            for number, (category, level, label) in enumerate(CRITERIA, start=1)
        ],
        "dim_indicator": [
            {
                "indicator_id": name,
                "method_version": "1",
                "label_fr": label,
                "label_en": f"{label} in English",
                "definition_fr": "Ce que c’est",
                "definition_en": "What it is",
                "kind": "effect",
                "unit": "share",
                "direction": "up",
                "minimum_n": 5,
                "disclosure": "public",
                "question_ids": question,
            }
            for name, label, question in INDICATORS
        ],
        "fct_evaluation": [
            {"evaluation_id": f"{site}@{year}", "project_id": site, "year": year}
            for year in years
            for site in sites[: EVALUATIONS[year]]
        ],
        "rpt_testimony": [
            {
                "testimony_id": f"t{number}",
                "year": 2025,
                "category_id": "lien-social",
                "question_id": "impact_social",
                "text": text,
                "is_truncated": False,
                "project_id": None,
                "project_name": None,
            }
            for number, text in enumerate(TESTIMONIES)
        ],
        "dim_record": [
            {
                "record_id": f"{site}@{year}",
                "source_id": f"{site}@{year}",
                "project_id": site,
                "year": year,
                "year_basis": "manifest" if number == 0 else "folder",
                "is_retracted": False,
            }
            for year in years
            for number, site in enumerate(sites[: EVALUATIONS[year]])
        ],
        "dim_source": [
            {
                "source_id": f"{site}@{year}",
                "path": f"{year}/{site}.txt",
                "characters": 4000,
                "characters_recognised": 3000,
                "characters_testimony": 999,
                "characters_unparsed": 1,
            }
            for year in years
            for site in sites[: EVALUATIONS[year]]
        ],
        "dim_question": [
            {"question_id": "solidarite_public", "label_fr": "Quels publics ?", "label_en": "Who?"},
            *(
                {"question_id": question, "category_id": category, "answer_list": "list"}
                for question, category in QUESTIONS.items()
            ),
        ],
        "rpt_participation": list(_participation()),
        "rpt_completeness": list(_completeness()),
        "rpt_indicator": [*_indicators(), *_groups()],
        "rpt_indicator_change": list(_changes()),
        "rpt_trend": [
            # The questions of I6 were put in other words in 2025.
            {**_NETWORK, "indicator_id": "I6", "component_id": "all", "year": 2025, "is_break": True}
        ],
        "rpt_distribution": list(_distributions()),
        "rpt_composition": list(_composition()),
        "rpt_department": [
            {
                "year": 2025,
                "department_code": code,
                "department": name,
                "region_code": code,
                "evaluation_count": count,
                "register_count": count + 7,
            }
            for code, name, count in (
                ("35", "Ille-et-Vilaine", 5),
                ("2A", "Corse-du-Sud", 4),
                ("974", "La Réunion", 0),
            )
        ],
        "rpt_extraction": [
            {
                "year": 2025,
                "format": "effects_page",
                "label_fr": "Page des effets",
                "label_en": "Page of effects",
                "evaluation_count": 12,
                "asked_count": 1301,
                "ambiguous_count": 17,
                "ambiguous_share": 17 / 1301,
                "lost_count": 23,
                "lost_share": 23 / 1301,
            }
        ],
        "rpt_cooccurrence": list(_together()),
        "rpt_sdg": [
            {
                "year": 2025,
                "goal": goal,
                "label_fr": f"Objectif {goal}",
                "label_en": f"Goal {goal}",
                "site_count": count,
                "evaluation_count": 12,
                **_status("ok" if count is not None else "suppressed"),
            }
            for goal, count in ((1, 11), (5, 0), (13, None))
        ],
        "rpt_restatement": [
            {
                **_NETWORK,
                "report": "2024-1",
                "indicator_id": "I1",
                "component_id": "all",
                "year": 2024,
                "report_year": 2024,
                "label_fr": "Mixité des rencontres",
                "label_en": "Mixed encounters",
                "value_then": 0.7654,
                "value_now": 0.7777,
                "status_then": "ok",
                "status_now": "ok",
                "causes_fr": "export retiré",
                "causes_en": "export withdrawn",
            }
        ],
        "dim_indicator_component": [
            {"indicator_id": "I1", "method_version": "1", "component_id": "all", "statistic": "share"}
        ],
        "dim_status": [
            {"status": status, "label_fr": label, "label_en": f"Status {status}"}
            for status, label in STATUSES.items()
        ],
        "dim_series_break": [
            {
                "series_break_id": "b1",
                "indicator_id": "I6",
                "year_from": 2024,
                "year_to": 2025,
                "reason_fr": "autre question",
                "reason_en": "another question",
            }
        ],
        "qc_rejected_exports": [
            {
                "path": "2025/photo.png",
                "reason": "unknown-format",
                "detail": "a PNG image",
                "remedy": "Export it",
            },
            {"path": "2025/vide.txt", "reason": "empty", "detail": "no bytes", "remedy": "Export it"},
        ],
        "qc_unmapped_answers": [
            {
                "question_id": "solidarite_public",
                "raw_label": "Artistes",
                "record_count": 3,
                "project_count": 2,
            }
        ],
    }


def _participation() -> Iterator[Row]:
    for year, count in EVALUATIONS.items():
        matched = min(count, EVALUATIONS.get(year - 1, 0))
        numbers = {"evaluation_count": count, "project_count": count, "matched_count": matched}
        yield {"year": year, "format": "all", "export_count": count + 2, "record_count": count + 2, **numbers}
        yield {
            "year": year,
            "format": "effects_page",
            "label_fr": "Page des effets",
            "label_en": "Page of effects",
            "export_count": count,
            "record_count": count,
            **numbers,
        }
    yield {
        "year": 2025,
        "format": "place_json",
        "label_fr": "Fiche du lieu (JSON)",
        "label_en": "Place file (JSON)",
        "export_count": 2,
        "record_count": 2,
        "evaluation_count": 2,
        "project_count": 2,
        "matched_count": 2,
    }


def _completeness() -> Iterator[Row]:
    for year, count in EVALUATIONS.items():
        for number, (category, level, label) in enumerate(CRITERIA, start=1):
            documented = max(0, count - number + year - 2023)
            yield {
                "year": year,
                "category_id": category,
                "criterion_number": number,
                "label_fr": label,
                "label_en": f"{label} in English",
                "level_id": level,
                "level_label_fr": f"Effets {level}",
                "level_label_en": f"{level} effects",
                "evaluation_count": count,
                "documented_count": documented,
                "documented_share": documented / count,
                "status": "ok",
                "answered_count": 3 * documented,
                "blank_count": number,
                "not_shown_count": 2,
                "ambiguous_count": 1 if category == "innovation-publique" else 0,
                "lost_count": 4,
                "not_asked_count": 0,
            }


def _indicators() -> Iterator[Row]:
    for year, count in EVALUATIONS.items():
        yield indicator("I1", "Mixité des rencontres", year, 7, count - 2, count)
        yield indicator("I3", "Publics en difficulté", year, 2, 3, count, status="small_n")
        yield indicator("I6", "Effets positifs sur la santé", year, 0, count, count)
        yield {**indicator("I7", "Inconfort ou stress", year, 4, count - 1, count), "direction": "down"}
        yield indicator("K5", "Appartenance", year, None, 0, count, status="no_data")
        yield indicator("K6", "Exclusion", year, 3, count - 3, count)
        surface = indicator("P1", "Surface", year, None, count - 1, count)
        surface |= {"kind": "profile", "statistic": "median", "unit": "m2"}
        yield {
            **surface,
            "value": 812.5,
            "value_q1": 97.25,
            "value_q3": 1604.0,
            "ci_low": None,
            "ci_high": None,
        }
        yield indicator("Q2", "Entretien amélioré", year, None, 0, count, status="not_asked")
        for position, answer in enumerate(("non", "amelioration", "difficile"), start=1):
            yield {
                **indicator(
                    "Q6", "Innovation publique", year, position, 5, count, ambiguous=2, status="bounds"
                ),
                "component_id": answer,
                "component_position": position,
                "component_label_fr": f"Réponse {answer}",
                "component_label_en": f"Answer {answer}",
            }


#: Where a figure of the network stands, in every table.
_NETWORK: Row = {"method_version": "1", "scope_type": "network", "scope_id": "network"}


def _status(status: str) -> Row:
    return {
        "status": status,
        "status_label_fr": STATUSES[status],
        "status_label_en": f"Status {status}",
    }


def _groups() -> Iterator[Row]:
    """Two sizes of commune; of one, a figure is masked."""
    for position, (size, count) in enumerate((("petite", 6), ("grande", 5)), start=1):
        scope = {
            "scope_type": "commune_size",
            "scope_id": size,
            "scope_position": position,
            "scope_label_fr": f"Commune {size}",
            "scope_label_en": f"Commune {size} in English",
        }
        yield {**indicator("I1", "Mixité des rencontres", 2025, 4, count, count), **scope}
        masked = dict.fromkeys(("numerator", "value", "ci_low", "ci_high", "bound_low", "bound_high"))
        row = indicator("I6", "Effets positifs sur la santé", 2025, 1, count, count)
        yield {**row, **scope, **masked, **_status("suppressed")} if position == 1 else {**row, **scope}


def _changes() -> Iterator[Row]:
    """One that passes the rule, one that does not, one across a break, and one of too few sites."""
    for name, label, status, lost, gained, p in (
        ("I1", "Mixité des rencontres", "ok", 0, 9, 0.0039),
        ("I7", "Inconfort ou stress", "ok", 2, 1, 1.0),
        ("I6", "Effets positifs sur la santé", "break", None, None, None),
        ("I3", "Publics en difficulté", "small_n", None, None, None),
    ):
        matched = 11 if status == "ok" else 4
        row = {
            **_NETWORK,
            "indicator_id": name,
            "component_id": "all",
            "component_position": 1,
            "label_fr": label,
            "label_en": f"{label} in English",
            "kind": "effect",
            "year_from": 2024,
            "year_to": 2025,
            "n_matched": matched,
            "gained": gained,
            "lost": lost,
            "p_value": p,
            "status": status,
            "status_label_fr": STATUSES[status],
            "status_label_en": f"Status {status}",
        }
        if gained is not None and lost is not None and p is not None:
            change = (gained - lost) / matched
            row |= {"value_from": 2 / matched, "value_to": 2 / matched + change, "change": change}
            row |= {"ci_low": change - 0.27, "ci_high": change + 0.11, "p_value_holm": min(1.0, 2 * p)}
            row |= {"arrow": "up" if p < 0.02 else None}
        yield row


def _distributions() -> Iterator[Row]:
    for name, component, values in (
        ("X1", "all", {str(number): number % 3 for number in range(13)}),
        ("X2", "individuel", {str(rating): rating for rating in range(1, 6)}),
    ):
        total = sum(values.values())
        for position, (value, count) in enumerate(values.items(), start=1):
            yield {
                **_NETWORK,
                "indicator_id": name,
                "component_id": component,
                "year": 2025,
                "category_id": value,
                "position": position,
                "label_fr": f"{value} critères",
                "label_en": f"{value} criteria",
                "site_count": count,
                "share": count / total,
                "bound_low": count / (total + 3),
                "bound_high": (count + 3) / (total + 3),
                "n_answered": total,
                "n_evaluations": total + 3,
                **_status("ok"),
            }


def _composition() -> Iterator[Row]:
    for place, (dimension, groups) in enumerate(
        {
            "region": {"bretagne": 5, "corse": 4, "unknown": 3},
            "thematique": {"jeux": 2, "sport": 1, "cuisine": 5},
        }.items(),
        start=1,
    ):
        for position, (group, count) in enumerate(groups.items(), start=1):
            yield {
                "year": 2025,
                "dimension": dimension,
                "dimension_position": place,
                "dimension_label_fr": f"Par {dimension}",
                "dimension_label_en": f"By {dimension}",
                "group_id": group,
                "group_position": position,
                "group_label_fr": f"Groupe {group}",
                "group_label_en": f"Group {group}",
                "evaluation_count": count,
                "evaluation_share": count / 12,
                "register_count": count + 9,
                "register_share": (count + 9) / 39,
            }


def _together() -> Iterator[Row]:
    for place, (first, _, _) in enumerate(CRITERIA):
        for step, (second, _, _) in enumerate(CRITERIA[place + 1 :]):
            is_masked = (place, step) == (0, 0)
            yield {
                "year": 2025,
                "category_id_a": first,
                "category_id_b": second,
                "both_count": None if is_masked else (place * step) % 11,
                "n_answered": 11,
                **_status("suppressed" if is_masked else "ok"),
            }


def indicator(
    indicator_id: str,
    label: str,
    year: int,
    numerator: int | None,
    answered: int,
    evaluations: int,
    ambiguous: int = 0,
    status: str = "ok",
) -> Row:
    """A row of rpt_indicator, its figures as the models would compute them."""
    low, high = _wilson(numerator or 0, answered) if status == "ok" else (None, None)
    asked = status not in ("not_asked", "suppressed")
    return {
        "indicator_id": indicator_id,
        "method_version": "1",
        "label_fr": label,
        "label_en": f"{label} in English",
        "kind": "effect",
        "statistic": "share",
        "unit": "share",
        "direction": "up",
        "component_id": "all",
        "component_position": 1,
        "component_label_fr": label,
        "component_label_en": f"{label} in English",
        "year": year,
        "scope_type": "network",
        "scope_id": "network",
        "disclosure": "public",
        "coverage": answered / evaluations,
        "numerator": numerator,
        "denominator": answered,
        "value": (numerator or 0) / answered if status == "ok" else None,
        "ci_low": low,
        "ci_high": high,
        "bound_low": (numerator or 0) / evaluations if asked else None,
        "bound_high": ((numerator or 0) + evaluations - answered) / evaluations if asked else None,
        "n_answered": answered,
        "n_ambiguous": ambiguous,
        "n_evaluations": evaluations,
        "status": status,
        "status_label_fr": STATUSES[status],
        "status_label_en": f"Status {status}",
        "numerator_fr": f"Évaluations qui citent {label}",
        "numerator_en": f"Evaluations that name {label}",
        "denominator_fr": "Évaluations qui répondent",
        "denominator_en": "Evaluations that answer",
        "caveat_fr": "Observé, non mesuré",
        "caveat_en": "Observed, not measured",
    }


def _wilson(k: int, n: int) -> tuple[float, float]:
    z2 = 3.841458820694124
    middle, spread = k / n + z2 / n / 2, math.sqrt(z2 / n * (k / n * (1 - k / n) + z2 / n / 4))
    return (middle - spread) / (1 + z2 / n), (middle + spread) / (1 + z2 / n)
