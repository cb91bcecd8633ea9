"""Names of the fictional district: peoples, family, middle and given names, villages, communes.

Everyone is put together at random from the patterns usual in Tủa Chùa (DOMAIN section 8);
nobody real is meant.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class NamePool:
    """The name parts of one people; a part listed twice is drawn twice as often."""

    ethnicity: str
    surnames: tuple[str, ...]
    male_middle: tuple[str, ...]
    female_middle: tuple[str, ...]
    male_given: tuple[str, ...]
    female_given: tuple[str, ...]


def _pool(
    ethnicity: str, surnames: str, middle: tuple[str, str], given: tuple[str, str]
) -> NamePool:
    parts = (surnames, *middle, *given)
    return NamePool(ethnicity, *(tuple(part.split()) for part in parts))


POOLS = (
    _pool(
        "Mông",
        "Vừ Giàng Sùng Mùa Thào Hạng Lầu Cứ Vàng Chang Hờ Phàng Ly Tráng Kháng Giàng Sùng Mùa Thào",
        ("A A A A A A A Chứ Seo", "Thị Thị Thị Thị Thị Thị Y"),
        (
            "Chống Dở Páo Súa Lử Dình Tủa Chu Di Hồng Khày Lềnh Màng Nhè Ninh Phong Sính Tính "
            "Chìa Dế Chờ Sử Chá Lù Và Sình Nủ Cháng Tồng Phía Kỷ Thái Của Dùa Nếnh Thênh",
            "Mỷ Sua Dủa Mào Pàng Mai Lia Chứ Dợ Ca Dí Máy Sông Chấu Xua Só Gầu Mo Cở Dua Chá "
            "Dình Kía Nu Sáy Súa Vừ Pà Dinh Ly Bầu Chía Say",
        ),
    ),
    _pool(
        "Thái",
        "Lò Quàng Cà Lường Tòng Điêu Đèo Bạc Cầm Vì Lò Quàng Lường",
        ("Văn Văn Văn Văn Chính Xuân", "Thị Thị Thị Thị Thu Thúy"),
        (
            "Ín Hặc Pọm Chương Hùng Thoại Panh Ánh Dũng Xuân Tiến Inh Biên Phương Ngoan Chung "
            "Khiêm Ọi Thẳm Toán Pâng Hịa Quyết Thưởng Yên",
            "Ón Hiêng Lả Pâng Xương Hoa Thương Thoa Pản Dung Yến Ính Phượng Hỏa Inh Ngoai Piếng "
            "Chựa Tươi Thủy Hương Nọi Ban Diên",
        ),
    ),
    _pool(
        "Kinh",
        "Nguyễn Nguyễn Nguyễn Trần Phạm Lê Hoàng Vũ Đỗ Bùi Ngô Đặng",
        ("Văn Văn Đức Minh Quang Hữu", "Thị Thị Thị Thu Ngọc Thanh"),
        (
            "Hùng Dũng Tuấn Sơn Hải Long Thắng Bình Hòa Toàn Khánh Quý Thuận Lâm",
            "Lan Hương Hoa Thủy Nga Hòa Mai Quỳnh Loan Tuyết Nhung Hạnh Thảo Oanh",
        ),
    ),
    _pool(
        "Dao",
        "Tẩn Phàn Chảo Lý Phùng Tẩn Chảo",
        ("Phủ Lao Vần Chỉn Sành", "Mùi Mẩy Tả Thị Phàm"),
        (
            "Quang Minh Sinh Phẩu Siệu Chìn Kinh Vạng Dùn Khé",
            "Ghến Mản Liều Pham Viện Nái Khé Chuổng Mụi",
        ),
    ),
    _pool(
        "Khơ Mú",
        "Lường Quàng Lò Moong Mùa Ven Chích Seo",
        ("Văn Văn Phò", "Thị Thị Me"),
        (
            "Phon Đôi Pánh Xuyên Hom Khăm Thoong Bun Nhọi Cheng",
            "Ngơi Xôm Pành Hiêng Phanh Bua Noong Chanh Phim",
        ),
    ),
)

# Villages are named by a first and a last part; some names return in several communes, as in life.
VILLAGE_FIRST = ("Huổi", "Nà", "Háng", "Tà", "Pàng", "Đề", "Páo", "Sín", "Trung", "Làng")
VILLAGE_LAST = (
    *("Lóng", "Sa", "Chua", "Dê", "Tở", "Đun", "Là", "Vàng"),
    *("Phang", "Lử", "Sính", "Cu", "Chải", "Tỉnh", "Pao", "Đề"),
)

# Old code: (weight of its number of people, weights of the peoples in the order of POOLS).
COMMUNES: dict[str, tuple[int, tuple[int, ...]]] = {
    "03217": (9, (38, 30, 28, 2, 2)),
    "03220": (7, (40, 42, 2, 12, 4)),
    "03223": (10, (96, 2, 1, 1, 0)),
    "03226": (8, (94, 2, 2, 2, 0)),
    "03229": (5, (97, 1, 2, 0, 0)),
    "03232": (8, (88, 6, 2, 4, 0)),
    "03235": (9, (84, 10, 1, 3, 2)),
    "03238": (7, (90, 5, 1, 4, 0)),
    "03241": (10, (93, 4, 2, 1, 0)),
    "03244": (12, (82, 14, 2, 0, 2)),
    "03247": (6, (44, 46, 3, 0, 7)),
    "03250": (9, (55, 36, 5, 1, 3)),
}

RELATIONS = {
    # (form of receipt, holder is a woman): relation of the holder to the beneficiary
    ("GIAM_HO", False): ("Bố", "Bố", "Ông", "Anh"),
    ("GIAM_HO", True): ("Mẹ", "Mẹ", "Bà", "Chị"),
    ("UY_QUYEN", False): ("Con trai", "Con trai", "Cháu", "Con rể"),
    ("UY_QUYEN", True): ("Con gái", "Con gái", "Cháu", "Con dâu"),
}
