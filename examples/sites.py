"""The invented sites: names that say so, in communes that exist."""

from __future__ import annotations

from dataclasses import dataclass

from examples.draw import Draw
from examples.places import Location

#: Ends the name of every invented site, wherever it is printed.
MARK = "(site inventé)"


@dataclass(frozen=True, slots=True)
class Site:
    """`years`: those in which the site is evaluated."""

    number: int
    name: str
    location: Location
    years: tuple[int, ...]


#: name, postal code, city, latitude, longitude, years of evaluation (last two digits)
_TABLE = (
    ("La Fabrique du Canal", "59100", "Roubaix", 50.69, 3.17, "21 22 23 24 25"),
    ("L'Étincelle du Port", "56100", "Lorient", 47.75, -3.37, "21 22 23 24 25"),
    ("Le Hangar aux Oiseaux", "62400", "Béthune", 50.53, 2.64, "21 22 23 24 25"),
    ("La Serre des Trois Ruisseaux", "02000", "Laon", 49.56, 3.62, "21 22"),
    ("Le Comptoir des Brumes", "08200", "Sedan", 49.70, 4.94, "21 22 23 24 25"),
    ("L'Atelier de la Cheminée", "68100", "Mulhouse", 47.75, 7.34, "21 22 23 24 25"),
    ("La Halle aux Copeaux", "71400", "Autun", 46.95, 4.30, "21 22 23 24 25"),
    ("Le Quai des Mains Libres", "58000", "Nevers", 46.99, 3.16, "21 22 24 25"),
    ("L'Horloge sans Aiguilles", "25000", "Besançon", 47.24, 6.02, "21 22 23 24 25"),
    ("La Cour des Tisserandes", "69100", "Villeurbanne", 45.77, 4.88, "21 22 23 24 25"),
    ("Le Puits aux Idées", "42000", "Saint-Étienne", 45.44, 4.39, "21"),
    ("La Bergerie du Vent", "26400", "Crest", 44.73, 5.02, "21 22 23 24 25"),
    ("Le Moulin des Ardoises", "07000", "Privas", 44.73, 4.60, "21 22 23 24 25"),
    ("Le Flamboyant", "97400", "Saint-Denis", -20.88, 55.45, "21 22 23 24 25"),
    ("La Forge aux Lames", "63300", "Thiers", 45.85, 3.55, "22 23 24 25"),
    ("La Cabane aux Marmottes", "04000", "Digne-les-Bains", 44.09, 6.23, "22 23 24 25"),
    ("Le Silo Bleu", "13200", "Arles", 43.68, 4.63, "22 23 25"),
    ("Les Terrasses de la Gare", "13003", "Marseille", 43.31, 5.38, "22 23"),
    ("A Casa di u Mare", "20200", "Bastia", 42.70, 9.45, "22 23 24 25"),
    ("La Filature du Ruisseau", "34700", "Lodève", 43.73, 3.32, "22 23 24 25"),
    ("La Noix & la Plume", "46100", "Figeac", 44.61, 2.03, "22 23 24 25"),
    ("Le Refuge des Cimes", "09000", "Foix", 42.96, 1.61, "23 24 25"),
    ("La Gare aux Myrtilles", "48000", "Mende", 44.52, 3.50, "23 25"),
    ("Les Chais d'à Côté", "24100", "Bergerac", 44.85, 0.48, "23"),
    ("La Source Tiède", "40100", "Dax", 43.71, -1.05, "23 24 25"),
    ("Le Garage/Atelier", "33130", "Bègles", 44.81, -0.55, "23 24 25"),
    ("La Laine et le Fil", "23200", "Aubusson", 45.96, 2.17, "23 24 25"),
    ("L'Accordéon Rouge", "19000", "Tulle", 45.27, 1.77, "23 24 25"),
    ("le phare d'en bas", "29200", "Brest", 48.39, -4.49, "23 24 25"),
    ("La Pirogue", "97300", "Cayenne", 4.94, -52.33, "23 24 25"),
    ("La Crêperie des Savoirs", "22200", "Guingamp", 48.56, -3.15, "24 25"),
    ("L'Écluse numéro 5", "35600", "Redon", 47.65, -2.08, "24 25"),
    ("Le Point de Dentelle", "61000", "Alençon", 48.43, 0.09, "24"),
    ("Le Bassin Neuf", "76600", "Le Havre", 49.49, 0.11, "24 25"),
    ("Les Murs d'en Face", "93100", "Montreuil", 48.86, 2.44, "24"),
    ("Le Balisier", "97200", "Fort-de-France", 14.61, -61.08, "24 25"),
    ("L'Usine à Nuages", "93200", "Saint-Denis", 48.94, 2.36, "25"),
    ("Le 12 bis", "75019", "Paris", 48.88, 2.38, "25"),
    ("La Citronneraie", "20000", "Ajaccio", 41.93, 8.74, "25"),
    ("La Mangrove", "97600", "Mamoudzou", -12.78, 45.23, "25"),
)


def example_sites() -> list[Site]:
    """The sites of the example network in `exports/`."""
    return [
        Site(
            number,
            f"{name} {MARK}",
            Location("1 place de l'Exemple", postal_code, city, latitude, longitude),
            tuple(2000 + int(year) for year in years.split()),
        )
        for number, (name, postal_code, city, latitude, longitude, years) in enumerate(_TABLE, start=1)
    ]


_NOUNS = ("La Halle", "Le Moulin", "La Grange", "L'Atelier", "Le Comptoir", "La Fabrique", "Le Jardin")
_ENDS = ("des Brumes", "du Canal", "de l'Écluse", "aux Copeaux", "des Cimes", "d'en Face", "du Vent")


def numbered_site(number: int, first_year: int, last_year: int, seed: object) -> Site:
    """Site `number` of a network of any size: it comes and goes at drawn years."""
    draw = Draw("site", seed, number)
    _, postal_code, city, latitude, longitude, _ = draw.pick(_TABLE)
    start = first_year if draw.chance(0.5) else draw.between(first_year, last_year)
    end = last_year if draw.chance(0.8) else draw.between(start, last_year)
    years = tuple(year for year in range(start, end + 1) if year == start or draw.chance(0.92))
    return Site(
        number,
        f"{draw.pick(_NOUNS)} {draw.pick(_ENDS)} {number} {MARK}",
        Location(f"{draw.between(1, 90)} place de l'Exemple", postal_code, city, latitude, longitude),
        years,
    )
