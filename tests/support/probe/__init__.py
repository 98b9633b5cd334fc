"""Two tiny services that do as they are told, so that the kernel's promises can be tested one by one.

``owner`` plays membership: it founds communities and tells of them. ``follower`` plays scheduling: it keeps copies, and
reacts to each community as the community's name says (see ``follower.py``).
"""
