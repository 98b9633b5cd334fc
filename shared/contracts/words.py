"""The closed vocabularies that several contracts share (DOMAIN, "Communities of learning", "Identifiers")."""

COMMUNITY_KINDS = ("mgmp", "mgbk", "kkg", "pkg", "mkks", "kkks", "kombel", "online")
LEVELS = ("PAUD", "SD", "SMP", "SMA", "SMK", "SLB", "PKBM", "MI", "MTs", "MA")
PHASES = ("fondasi", "A", "B", "C", "D", "E", "F")
JOIN_POLICIES = ("open", "approval", "invitation")
MEMBER_ROLES = ("ketua", "sekretaris", "bendahara", "member", "guest")
OFFICER_ROLES = ("ketua", "sekretaris", "bendahara")
ROLES = ("district_operator", "school_operator", "principal", "supervisor")
ANSWERS = ("yes", "no", "maybe")
MODES = ("on_site", "online", "hybrid")
CYCLE_STAGES = ("reflection", "planning", "implementation", "evaluation", "closed")
RESOURCE_KINDS = ("teaching_kit", "lesson_plan", "assessment", "best_practice", "other")
SERVICES = ("membership", "scheduling", "content", "learning", "notification")
