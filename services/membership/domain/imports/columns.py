"""The columns of each kind of file: what people call them, the likeliest name first (docs/operator.md)."""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]

_NPSN = ("npsn", "npsn sekolah", "npsn satminkal", "npsn induk", "kode sekolah")
_PHONE = ("hp", "no hp", "nomor hp", "handphone", "nomor handphone", "no wa", "nomor wa", "telepon", "no telepon")
_NUPTK = ("nuptk", "no nuptk", "nomor nuptk")
_NIP = ("nip", "no nip", "nomor nip", "nip baru")
_PERSON = ("nama", "nama lengkap", "nama guru", "nama ptk", "nama gtk", "nama guru dan tendik")
_SUBJECT = ("mata pelajaran", "mapel", "mata pelajaran diampu", "mapel diampu", "bidang studi")
_COMMUNITY = ("komunitas", "nama komunitas", "komunitas belajar", "nama komunitas belajar", "kombel")
_KIND = ("jenis", "jenis komunitas", "bentuk komunitas")

SCHOOLS: Words = {
    "npsn": _NPSN,
    "name": ("nama", "nama sekolah", "nama satuan pendidikan", "satuan pendidikan", "sekolah"),
    "level": ("jenjang", "bentuk pendidikan", "bentuk", "jenjang pendidikan"),
    "status": ("status", "status sekolah", "negeri swasta"),
    "subdistrict": ("kecamatan", "kec", "nama kecamatan"),
    "subdistrict_code": ("kode kecamatan bps", "kode kecamatan", "kode kec"),
}
TEACHERS: Words = {
    "npsn": _NPSN,
    "name": _PERSON,
    "nuptk": _NUPTK,
    "nip": _NIP,
    "employment": ("status kepegawaian", "status pegawai", "kepegawaian"),
    "duty": ("jenis ptk", "jenis gtk", "jabatan", "tugas"),
    "further_duty": ("tugas tambahan", "jabatan tambahan"),
    "subjects": _SUBJECT,
    "phone": _PHONE,
    "email": ("email", "e mail", "surel", "alamat email"),
    "primary": ("induk", "ptk induk", "sekolah induk", "status induk"),
}
DAPODIK: Words = {name: words for name, words in TEACHERS.items() if name != "npsn"}
COMMUNITIES: Words = {
    "name": (*_COMMUNITY, "nama"),
    "kind": _KIND,
    "level": ("jenjang",),
    "subject": _SUBJECT,
    "phase": ("fase",),
    "npsn": _NPSN,
    "subdistricts": ("kecamatan", "wilayah", "wilayah kecamatan"),
    "jurisdiction": ("kewenangan", "pembina"),
    "decree": ("nomor sk", "no sk", "sk"),
    "decree_until": ("sk berlaku sampai", "sk sampai", "akhir sk", "masa berlaku sk"),
    "join_policy": ("cara bergabung", "bergabung"),
    "lead_name": ("ketua", "nama ketua"),
    "lead_nuptk": ("nuptk ketua",),
    "lead_nip": ("nip ketua",),
    "lead_phone": ("hp ketua", "no hp ketua", "nomor hp ketua"),
    "lead_npsn": ("npsn ketua", "npsn sekolah ketua"),
}
MEMBERS: Words = {
    "community": _COMMUNITY,
    "community_kind": _KIND,
    "community_npsn": ("npsn komunitas", "npsn kombel"),
    "role": ("peran", "jabatan", "kedudukan"),
    "name": _PERSON,
    "nuptk": _NUPTK,
    "nip": _NIP,
    "phone": _PHONE,
    "npsn": _NPSN,
}

FIELDS: Mapping[str, Words] = {
    "schools": SCHOOLS,
    "teachers": TEACHERS,
    "dapodik": DAPODIK,
    "communities": COMMUNITIES,
    "members": MEMBERS,
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "schools": ("npsn", "name", "level", "status", "subdistrict"),
    "teachers": ("npsn", "name"),
    "dapodik": ("name", "nuptk", "duty"),
    "communities": ("name", "kind"),
    "members": ("community", "name"),
}
"""The columns without which a file is not one of its kind."""

TELLING: Mapping[str, tuple[str, ...]] = {
    "members": ("community", "name"),
    "communities": ("name", "kind", "lead_name"),
    "schools": ("npsn", "name", "level", "subdistrict"),
    "teachers": ("npsn", "name", "duty"),
    "dapodik": ("name", "nuptk", "duty"),
}
"""The columns by which a file that was handed in as another kind is recognised, the surest kind first."""
