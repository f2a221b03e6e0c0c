package org.reservoir.access;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import org.reservoir.kernel.Refused;

/**
 * The user {@code admin}, by whom a site is first entered. Whoever may write the folder of a site may enter it: there the secret is kept before it opens anything,
 * so that a site that is killed in its first seconds is not closed for ever.
 */
public final class FirstAdministrator {
    static final String USERS = "users";
    private static final String NAME = "admin";
    private static final String ADMINISTRATORS = "administrators";

    private final Directory directory;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    public FirstAdministrator(Directory directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * At a site's first start, makes the groups {@code administrators} and {@code users} and the user {@code admin}; at later ones nothing, unless admin is alone
     * and without any token.
     *
     * @param keep gets the secret of admin's token, told this once
     */
    public void make(Consumer<String> keep) {
        var users = directory.users(0, 2);
        if (users.isEmpty() || users.size() == 1 && users.getFirst().name().equals(NAME) && directory.tokens(users.getFirst().id()).isEmpty()) {
            issue("first", keep);
        }
    }

    /**
     * A new token for admin, who is made again where there is none, and enabled and an administrator again where that was taken away. Older tokens stay as they are.
     *
     * @param keep gets the token's secret
     * @throws Refused {@code TOKEN_NAME_TAKEN} within the same second
     */
    public void readmit(Consumer<String> keep) {
        issue("readmitted-" + clock.instant().getEpochSecond(), keep);
    }

    private void issue(String token, Consumer<String> keep) {
        var secret = Bearer.fresh(random);
        keep.accept(secret);
        directory.add(new Token(admin().id(), token, clock.instant(), Optional.empty()), Bearer.hash(secret).orElseThrow());
    }

    private User admin() {
        directory.group(USERS).orElseGet(() -> directory.addGroup(USERS));
        var group = directory.group(ADMINISTRATORS).orElseGet(() -> directory.addGroup(ADMINISTRATORS));
        var admin = directory.user(NAME).orElseGet(() -> directory.addUser(NAME, group.id(), Set.of(group.id()), true, clock.instant()));
        if (!admin.administrator() || !admin.enabled()) {
            directory.change(new User(admin.id(), admin.name(), admin.group(), admin.groups(), true, true, admin.created()));
        }
        return admin;
    }
}
