package dev.quickaccess.app.home

import dev.quickaccess.app.session.HeldPrivilege

/** The parts of ClearPass that privileges are about, in the order in which people look for them. */
enum class Area(
    private val prefixes: List<String>,
) {
    GUEST(listOf("guest_", "mac")),
    POLICY_MANAGER(listOf("cppm_", "platform")),
    INSIGHT(listOf("insight_")),
    API(listOf("api_", "apigility")),
    OTHER(emptyList()),
    ;

    companion object {
        fun of(privilege: String): Area = entries.firstOrNull { area -> area.prefixes.any(privilege::startsWith) } ?: OTHER
    }
}

/** The privileges that a search finds, by their words or by the server's names, in groups. */
internal fun grouped(
    privileges: List<HeldPrivilege>,
    search: String,
    words: (HeldPrivilege) -> String,
): List<PrivilegeGroup> {
    val wanted = search.trim()
    return privileges
        .map { PrivilegeRow(it.name, words(it), it.level) }
        .filter { wanted.isEmpty() || it.words.contains(wanted, ignoreCase = true) || it.name.contains(wanted, ignoreCase = true) }
        .groupBy { Area.of(it.name) }
        .toSortedMap()
        .map { (area, rows) -> PrivilegeGroup(area, rows) }
}
