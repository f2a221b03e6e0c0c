package org.reservoir.interfaces.vmi;

import java.util.EnumSet;
import java.util.Set;

import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/**
 * Whose an object is, and what its owner, its group and all others may do with it.
 * Permissions are written as nine characters, owner, group, others: {@code um-u-----} (u use, m manage, a administer).
 */
public record Ownership(UserId user, GroupId group, String permissions) {
    public static final String PRIVATE = "um-------";
    public static final String PUBLIC = "um-u--u--";

    public Ownership {
        if (!permissions.matches("([u-][m-][a-]){3}")) {
            throw Refused.invalid("BAD_PERMISSIONS", "'%s' are no permissions.".formatted(permissions),
                    "Write nine characters for owner, group and others, such as um-u-----.");
        }
    }

    public static Ownership privateTo(Caller caller) {
        return new Ownership(caller.user(), caller.group(), PRIVATE);
    }

    /** Whether {@code caller} has {@code right}; infrastructure administrators have all. */
    public boolean allows(Caller caller, Right right) {
        return caller.administrator() || rights(caller).contains(right);
    }

    private Set<Right> rights(Caller caller) {
        var rights = EnumSet.noneOf(Right.class);
        if (caller.user().equals(user)) {
            addTriple(rights, 0);
        }
        if (caller.groups().contains(group)) {
            addTriple(rights, 3);
        }
        addTriple(rights, 6);
        return rights;
    }

    private void addTriple(Set<Right> rights, int from) {
        for (var right : Right.values()) {
            if (permissions.charAt(from + right.ordinal()) != '-') {
                rights.add(right);
            }
        }
    }
}
