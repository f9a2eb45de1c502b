package dev.quickaccess.app.home

import android.content.Context
import androidx.annotation.StringRes
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.pluralStringResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.ImeAction
import androidx.compose.ui.unit.dp
import dev.quickaccess.app.R
import dev.quickaccess.app.look.Heading
import dev.quickaccess.app.look.Working
import dev.quickaccess.app.look.spoken
import dev.quickaccess.app.look.technical
import dev.quickaccess.app.session.AccessLevel
import dev.quickaccess.app.session.HeldPrivilege

/** What the person may do, in words and in groups. */
internal fun LazyListScope.privileges(state: HomeState, intents: HomeIntents) {
    when (state.listing) {
        Listing.ASKING -> item { Working(stringResource(R.string.look_up_looking), Modifier.padding(top = 8.dp)) }
        Listing.UNKNOWN -> {}
        Listing.NONE -> item { Text(stringResource(R.string.home_no_privileges), Modifier.padding(top = 8.dp)) }
        Listing.NO_MATCH -> {
            search(state, intents)
            item { Text(stringResource(R.string.home_search_nothing), Modifier.spoken()) }
        }
        Listing.SOME -> {
            search(state, intents)
            groups(state.groups)
        }
    }
}

private fun LazyListScope.search(state: HomeState, intents: HomeIntents) {
    item {
        Column(Modifier.padding(top = 8.dp), verticalArrangement = Arrangement.spacedBy(8.dp)) {
            Heading(pluralStringResource(R.plurals.home_privileges, state.privileges, state.privileges))
            SearchField(state.search, intents)
        }
    }
}

private fun LazyListScope.groups(groups: List<PrivilegeGroup>) {
    groups.forEach { group ->
        item(key = group.area) { Heading(stringResource(group.area.words()), Modifier.padding(top = 8.dp)) }
        items(group.rows, key = { it.name }) { PrivilegeLine(it) }
    }
}

@Composable
private fun SearchField(search: String, intents: HomeIntents) {
    OutlinedTextField(
        value = search,
        onValueChange = intents::searched,
        label = { Text(stringResource(R.string.home_search)) },
        leadingIcon = { Icon(painterResource(R.drawable.ic_search), null) },
        trailingIcon = {
            if (search.isNotEmpty()) {
                IconButton({ intents.searched("") }) {
                    Icon(painterResource(R.drawable.ic_clear), stringResource(R.string.home_search_clear))
                }
            }
        },
        singleLine = true,
        keyboardOptions = KeyboardOptions(autoCorrectEnabled = false, imeAction = ImeAction.Search),
        modifier = Modifier.fillMaxWidth().testTag("search"),
    )
}

@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun PrivilegeLine(row: PrivilegeRow) {
    // In large letters the level takes a line of its own.
    FlowRow(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.SpaceBetween,
        verticalArrangement = Arrangement.spacedBy(4.dp),
        itemVerticalAlignment = Alignment.CenterVertically,
    ) {
        Column(Modifier.padding(end = 12.dp)) {
            Text(row.words)
            row.technicalName?.let {
                Text(
                    it,
                    color = MaterialTheme.colorScheme.onSurfaceVariant,
                    style = MaterialTheme.typography.bodySmall.technical(),
                )
            }
        }
        Surface(color = MaterialTheme.colorScheme.secondaryContainer, shape = MaterialTheme.shapes.small) {
            Text(
                stringResource(row.level.words()),
                Modifier.padding(horizontal = 8.dp, vertical = 4.dp),
                style = MaterialTheme.typography.labelMedium,
            )
        }
    }
}

@StringRes
internal fun AccessLevel.words(): Int =
    when (this) {
        AccessLevel.FULL -> R.string.level_full
        AccessLevel.READ_WRITE -> R.string.level_read_write
        AccessLevel.READ -> R.string.level_read
        AccessLevel.VISIBLE -> R.string.level_visible
        AccessLevel.SOME -> R.string.level_some
    }

@StringRes
internal fun Area.words(): Int =
    when (this) {
        Area.GUEST -> R.string.area_guest
        Area.POLICY_MANAGER -> R.string.area_policy_manager
        Area.INSIGHT -> R.string.area_insight
        Area.API -> R.string.area_api
        Area.OTHER -> R.string.area_other
    }

/** Privileges in the person's language, as far as we know them; else as the library calls them. */
fun privilegeWords(context: Context): (HeldPrivilege) -> String =
    { privilege -> PRIVILEGES[privilege.name]?.let(context::getString) ?: privilege.displayName }

private val PRIVILEGES =
    mapOf(
        "admin_users" to R.string.privilege_admin_users,
        "api_clients" to R.string.privilege_api_clients,
        "api_docs" to R.string.privilege_api_docs,
        "api_index" to R.string.privilege_api_index,
        "apigility" to R.string.privilege_apigility,
        "auth_profiles" to R.string.privilege_auth_profiles,
        "cppm_admin_users" to R.string.privilege_admin_users,
        "cppm_cert_trust_list" to R.string.privilege_cert_trust_list,
        "cppm_certificates" to R.string.privilege_certificates,
        "cppm_config" to R.string.privilege_config,
        "cppm_deny_listed_users" to R.string.privilege_deny_listed_users,
        "cppm_endpoints" to R.string.privilege_endpoints,
        "cppm_local_users" to R.string.privilege_local_users,
        "cppm_login_audit" to R.string.privilege_login_audit,
        "cppm_network_devices" to R.string.privilege_network_devices,
        "cppm_roles" to R.string.privilege_roles,
        "cppm_system_events" to R.string.privilege_system_events,
        "guest_sessions_history" to R.string.privilege_guest_sessions,
        "guest_users" to R.string.privilege_guest_users,
        "insight_alert" to R.string.privilege_insight_alert,
        "mac" to R.string.privilege_mac,
        "platform" to R.string.privilege_platform,
    )
