"""Draws new people of the fictional district: births, ids, names, benefits, accounts, guardians."""

from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, Generator

from tasks.sample_names import COMMUNES, POOLS, VILLAGE_FIRST, VILLAGE_LAST
from tasks.sample_people import (
    ADULT,
    AUTHORISED,
    CASH,
    CHILD,
    DISABLED,
    FORM_WEIGHTS,
    FULL_DATE,
    GUARDIAN,
    MONTH_ONLY,
    NO_ACCOUNT_REASONS,
    NONE,
    OLD,
    OWN,
    PROFILES,
    REASON_WEIGHTS,
    UNITS_WEIGHTS,
    YEAR_ONLY,
    Benefits,
    Counters,
    Office,
    People,
    joined,
    nobody,
)
from tasks.sample_tables import (
    BANKS,
    PHONE_PREFIXES,
    PROVINCE,
    Flags,
    Ints,
    Tables,
    age_used,
)

# The longest a roster benefit has run, the furthest a new one is back-dated, in months.
ROSTER_BACK, NEW_BACK = 30, 3
# Positions of the weights in a profile.
ROSTER_WEIGHT, NEW_WEIGHT = 3, 4
SIBLINGS = 3
# Multipliers without a common factor with the ranges they scatter numbers over.
SCATTER_ID, SCATTER_PHONE, SCATTER_ACCOUNT = 618_033, 61_803_399, 618_033_989
IDS, NUMBERS, ACCOUNTS = 10**6, 10**7, 10**9

SURNAMES = tuple(dict.fromkeys(name for pool in POOLS for name in pool.surnames))
MIDDLES = tuple(dict.fromkeys(n for p in POOLS for n in (*p.male_middle, *p.female_middle)))
GIVENS = tuple(dict.fromkeys(n for p in POOLS for n in (*p.male_given, *p.female_given)))


def new_office(tables: Tables, seed: int) -> Office:
    """An office without people and the only source of chance of the whole sample."""
    rng = Generator(PCG64(seed))
    counters = Counters(offset=int(rng.integers(0, IDS)))
    return Office(rng, tables, counters, nobody(People), nobody(Benefits))


def pick(rng: Generator, weights: Sequence[int], size: int) -> Ints:
    """Positions drawn by whole-number weights: exact on every machine."""
    steps = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(steps, rng.integers(0, steps[-1], size), side="right").astype(np.int64)


def chance(rng: Generator, per_mille: int, size: int) -> Flags:
    """True for about this many of a thousand."""
    drawn: Flags = rng.integers(0, 1000, size) < per_mille
    return drawn


def add_roster(office: Office, size: int, cycle: int) -> Ints:
    """Adds people already receiving before the first cycle; returns their benefits by position."""
    return _add(office, cycle, ROSTER_WEIGHT, office.rng.integers(1, ROSTER_BACK + 1, size))


def add_new(office: Office, size: int, cycle: int) -> Ints:
    """Adds people newly entitled, one in four back-dated; returns their benefits by position."""
    back = office.rng.integers(1, NEW_BACK + 1, size) * chance(office.rng, 250, size)
    return _add(office, cycle, NEW_WEIGHT, back)


def draw_accounts(office: Office, people: Ints) -> None:
    """Gives these people an account of their own or of their holder, replacing what they had."""
    drawn, bank, account = _account_numbers(office, len(people))
    office.people.bank[people] = bank
    office.people.account[people] = account
    office.people.reason[people] = NONE
    # A wallet is known by its phone, so its owner has one; a new wallet is a new SIM.
    phone = office.people.phone[people]
    needs = drawn & (phone == NONE)
    phone[needs] = _phones(office, int(needs.sum()))
    office.people.phone[people] = phone


def draw_ids(office: Office, is_female: Ints, birth_year: Ints) -> Ints:
    """Unique citizen ids that agree with gender and birth year, 94 of 100 from this province."""
    size = len(is_female)
    province = office.rng.choice(office.tables.provinces, size)
    province = np.where(chance(office.rng, 940, size), int(PROVINCE), province)
    century = (birth_year - 1900) // 100 * 2 + is_female
    group = (province * 10 + century) * 100 + birth_year % 100
    rank = office.counters.ids[group] + rank_in_group(group)
    if size and rank.max() >= IDS:
        raise ValueError("Quá nhiều người: hết số định danh cho một năm sinh")
    office.counters.ids += np.bincount(group, minlength=len(office.counters.ids))
    serial = (rank * SCATTER_ID + office.counters.offset + group * 7919) % IDS
    ids: Ints = group * IDS + serial
    return ids


def rank_in_group(group: Ints) -> Ints:
    """How many equal elements stand before each one."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(group)])
    lengths = np.diff(np.r_[starts, len(group)])
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return rank


def _profiles(office: Office, size: int, cycle: int, weight: int) -> Ints:
    tables = office.tables
    first, last = tables.first_month(), tables.last_month()
    weights = []
    for profile in PROFILES:
        family = tables.family(profile[0])
        is_valid = first[family] <= cycle <= last[family]
        weights.append(int(profile[weight]) if is_valid else 0)
    return pick(office.rng, weights, size)


def _family_and_age(office: Office, profile: Ints) -> tuple[Ints, Ints]:
    family = np.array([office.tables.family(p[0]) for p in PROFILES])
    low, high = np.array([p[1] for p in PROFILES]), np.array([p[2] for p in PROFILES])
    return family[profile], office.rng.integers(low[profile], high[profile] + 1)


def _add(office: Office, cycle: int, weight: int, back: Ints) -> Ints:
    """Adds people whose benefit began `back` months ago, or when they came of age for it."""
    tables = office.tables
    family, age = _family_and_age(office, _profiles(office, len(back), cycle, weight))
    back = np.minimum(back, age - np.maximum(tables.first_age()[family], 1))
    from_month = np.maximum(cycle - back, tables.first_month()[family])
    people = _people(office, family, cycle - age - 1, cycle)
    first = len(office.people)
    office.people = joined(office.people, people)
    benefits = _benefits(office, people, family, from_month, cycle)
    benefits.person += first
    positions = np.arange(len(benefits)) + len(office.benefits)
    office.benefits = joined(office.benefits, benefits)
    return positions


def _people(office: Office, family: Ints, birth: Ints, cycle: int) -> People:
    rng, size = office.rng, len(family)
    age = age_used(birth, np.full(size, cycle))
    form, has_account = _forms(office, family, age)
    commune = pick(rng, [weight for weight, _ in COMMUNES.values()], size)
    ethnicity = _ethnicities(rng, commune)
    head = _siblings(rng, commune, form)
    is_female = _genders(office, family)
    precision, birth = _precision(rng, age, birth)
    citizen_id = draw_ids(office, is_female, birth // 12)
    surname, middle, given = _names(rng, ethnicity[head], is_female)
    is_wallet, bank, account = _account_numbers(office, size)
    phone = np.where(chance(rng, 830, size) | is_wallet, _phones(office, size), NONE)
    holder, holder_is_female, holder_id = _holders(office, head, form, cycle)
    holder_surname, holder_middle, holder_given = (
        part[head] for part in _names(rng, ethnicity[head], holder_is_female)
    )
    people = People(
        commune=commune,
        village=_villages(rng, commune)[head],
        ethnicity=ethnicity[head],
        is_female=is_female,
        surname=np.where(form == GUARDIAN, surname[head], surname),
        middle=middle,
        given=given,
        birth_month=birth,
        birth_day=rng.integers(1, 29, size),
        precision=precision,
        citizen_id=np.where(chance(rng, 50, size), NONE, citizen_id),
        phone=phone[head],
        form=form,
        bank=np.where(has_account, bank[head], NONE),
        account=np.where(has_account, account[head], NONE),
        reason=np.where(has_account | (form == CASH), NONE, _reasons(rng, age)),
        document=np.where(form == AUTHORISED, rng.integers(1, 400, size), NONE),
        expires=_expiry(rng, form, cycle),
        holder=holder,
        holder_surname=holder_surname,
        holder_middle=holder_middle,
        holder_given=holder_given,
        holder_is_female=holder_is_female,
        holder_id=holder_id,
        is_known=np.ones(size, dtype=np.bool_),
        has_account_row=np.zeros(size, dtype=np.bool_),
        has_wrong_id=np.zeros(size, dtype=np.bool_),
        is_id_checked=np.zeros(size, dtype=np.bool_),
        is_phone_checked=np.zeros(size, dtype=np.bool_),
        is_account_checked=np.zeros(size, dtype=np.bool_),
    )
    # Someone whose reason is the missing card has none.
    no_card = people.reason == NO_ACCOUNT_REASONS.index("CHUA_CO_CCCD")
    people.citizen_id[no_card] = NONE
    return people


def _benefits(
    office: Office, people: People, family: Ints, from_month: Ints, cycle: int
) -> Benefits:
    tables, rng, size = office.tables, office.rng, len(family)
    is_single = family == tables.family("BT04")
    units = np.where(is_single, pick(rng, UNITS_WEIGHTS, size) + 1, 1)
    second = _second_families(office, people, family, cycle)
    beside = np.flatnonzero(second != NONE)
    begins = np.maximum(from_month[beside], tables.first_month()[second[beside]])
    holds = tables.band(second[beside], people.birth_month[beside], begins) != NONE
    beside, begins = beside[holds], begins[holds]
    count = size + len(beside)
    return Benefits(
        person=np.r_[np.arange(size), beside],
        family=np.r_[family, second[beside]],
        units=np.r_[units, np.ones(len(beside), dtype=np.int64)],
        from_month=np.r_[from_month, begins],
        stop_month=np.full(count, NONE),
        may_return=np.zeros(count, dtype=np.bool_),
    )


def _second_families(office: Office, people: People, family: Ints, cycle: int) -> Ints:
    """BT04 with BT05A or BT06N (NĐ 20/2021 Đ6.2), and an old person who is a martyr's relative."""
    tables, rng, size = office.tables, office.rng, len(family)
    age = age_used(people.birth_month, np.full(size, cycle))
    is_single = family == tables.family("BT04")
    second = np.full(size, NONE)
    second[is_single & (age < OLD) & chance(rng, 40, size)] = tables.family("BT06N")
    second[is_single & (age > OLD + 6) & chance(rng, 350, size)] = tables.family("BT05A")
    is_btxh = np.array([not name.startswith("NC_") for name in tables.families])[family]
    is_relative = is_btxh & (age > OLD) & (second == NONE) & chance(rng, 40, size)
    second[is_relative] = tables.family("NC_TNLS_1")
    return second


def _forms(office: Office, family: Ints, age: Ints) -> tuple[Ints, Flags]:
    """How each one collects, and whether there is an account for it."""
    rng, size = office.rng, len(family)
    disabled = np.isin(family, [office.tables.family(name) for name in DISABLED])
    kinds = [age < CHILD, disabled, age >= OLD]
    drawn = [pick(rng, weights, size) for weights in FORM_WEIGHTS.values()]
    choice = np.select(kinds, drawn[:3], drawn[3])
    no_account = choice == CASH + 1
    form = np.where(no_account, np.where(age < ADULT, GUARDIAN, OWN), choice)
    return form, (form != CASH) & ~no_account


def _reasons(rng: Generator, age: Ints) -> Ints:
    child, other = (pick(rng, weights, len(age)) for weights in REASON_WEIGHTS)
    return np.where(age < CHILD, child, other)


def _genders(office: Office, family: Ints) -> Ints:
    """Old people and single parents are mostly women, invalids of war men, mothers women."""
    women = np.full(len(office.tables.families), 49)
    for name, share in (
        ("BT04", 88),
        ("BT05A", 62),
        ("BT05BC", 60),
        ("NC_BMVNAH", 100),
    ):
        women[office.tables.family(name)] = share
    for position, name in enumerate(office.tables.families):
        if name.startswith("NC_BB_"):
            women[position] = 4
    drawn: Ints = (office.rng.integers(0, 100, len(family)) < women[family]).astype(np.int64)
    return drawn


def _precision(rng: Generator, age: Ints, birth: Ints) -> tuple[Ints, Ints]:
    """A few births known by month or, of old people, by year only, which then counts as January."""
    precision = np.where(chance(rng, 25, len(age)), MONTH_ONLY, FULL_DATE)
    by_year = (age > OLD + 12) & (age < 1190) & chance(rng, 90, len(age))
    # A band that ends with age (70 to under 75) must not be left by counting from January.
    by_year &= ~((age >= 840) & (age < 900))
    precision[by_year] = YEAR_ONLY
    return precision, np.where(by_year, birth // 12 * 12, birth)


def _ethnicities(rng: Generator, commune: Ints) -> Ints:
    ethnicity = np.zeros(len(commune), dtype=np.int64)
    for position, (_, weights) in enumerate(COMMUNES.values()):
        here = np.flatnonzero(commune == position)
        ethnicity[here] = pick(rng, weights, len(here))
    return ethnicity


def _villages(rng: Generator, commune: Ints) -> Ints:
    """Ten villages a commune out of all first and last parts, spread so that communes differ."""
    names = len(VILLAGE_FIRST) * len(VILLAGE_LAST)
    return (commune * 31 + rng.integers(0, 10, len(commune)) * 17) % names


def _siblings(rng: Generator, commune: Ints, form: Ints) -> Ints:
    """The position of the first sibling of each one; only wards of one guardian have siblings."""
    head = np.arange(len(form))
    wards = np.flatnonzero(form == GUARDIAN)
    wards = wards[np.argsort(commune[wards], kind="stable")]
    if len(wards) == 0:
        return head
    starts = chance(rng, 860, len(wards))
    starts[0] = True
    starts[1:] |= commune[wards][1:] != commune[wards][:-1]
    in_family = np.arange(len(wards)) - np.flatnonzero(starts)[np.cumsum(starts) - 1]
    starts |= in_family % SIBLINGS == 0
    head[wards] = wards[np.flatnonzero(starts)[np.cumsum(starts) - 1]]
    return head


def _names(rng: Generator, ethnicity: Ints, is_female: Ints) -> tuple[Ints, Ints, Ints]:
    surname, middle, given = (np.zeros(len(ethnicity), dtype=np.int64) for _ in range(3))
    for position, pool in enumerate(POOLS):
        for female in (0, 1):
            here = np.flatnonzero((ethnicity == position) & (is_female == female))
            middles = pool.female_middle if female else pool.male_middle
            givens = pool.female_given if female else pool.male_given
            surname[here] = _draw_words(rng, SURNAMES, pool.surnames, len(here))
            middle[here] = _draw_words(rng, MIDDLES, middles, len(here))
            given[here] = _draw_words(rng, GIVENS, givens, len(here))
    return surname, middle, given


def _draw_words(rng: Generator, words: Sequence[str], drawn: Sequence[str], size: int) -> Ints:
    positions = np.array([words.index(word) for word in drawn])
    return positions[rng.integers(0, len(positions), size)]


def _holders(office: Office, head: Ints, form: Ints, cycle: int) -> tuple[Ints, Ints, Ints]:
    """Position, gender and id of each one's guardian or authorised person; siblings share."""
    rng, size = office.rng, len(head)
    has_holder = (form == GUARDIAN) | (form == AUTHORISED)
    is_female = rng.integers(0, 2, size)
    years = cycle // 12 - rng.integers(22, 56, size)
    heads = np.flatnonzero(has_holder & (head == np.arange(size)))
    holder_id = np.full(size, NONE)
    holder_id[heads] = draw_ids(office, is_female[heads], years[heads])
    return np.where(has_holder, head, NONE), is_female[head], holder_id[head]


def _account_numbers(office: Office, size: int) -> tuple[Flags, Ints, Ints]:
    """Whether it is a wallet, the bank, and nine unique digits for the number."""
    bank = pick(office.rng, [bank.weight for bank in BANKS], size)
    serial = np.arange(size, dtype=np.int64) + office.counters.accounts + office.counters.offset
    office.counters.accounts += size
    is_wallet = np.array([bank.is_wallet for bank in BANKS])[bank]
    return is_wallet, bank, serial % ACCOUNTS * SCATTER_ACCOUNT % ACCOUNTS


def _phones(office: Office, size: int) -> Ints:
    """Unique mobile numbers of ten digits, the leading zero left out."""
    span = len(PHONE_PREFIXES) * NUMBERS
    serial = np.arange(size, dtype=np.int64) + office.counters.phones + office.counters.offset
    office.counters.phones += size
    scattered = serial % span * SCATTER_PHONE % span
    prefix = np.array([int(prefix) for prefix in PHONE_PREFIXES])
    return prefix[scattered // NUMBERS] * NUMBERS + scattered % NUMBERS


def _expiry(rng: Generator, form: Ints, cycle: int) -> Ints:
    """The last month of an authorisation: mostly years away, some soon, some without end."""
    size = len(form)
    months = np.where(chance(rng, 40, size), rng.integers(0, 4, size), rng.integers(8, 40, size))
    has_end = (form == AUTHORISED) & ~chance(rng, 80, size)
    return np.where(has_end, cycle + months, NONE)
