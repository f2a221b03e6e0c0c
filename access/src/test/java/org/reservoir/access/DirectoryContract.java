package org.reservoir.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Quotas.Limits;
import org.reservoir.kernel.Refused;

/** What every directory keeps; told once, tested on each. */
interface DirectoryContract {
    Instant NOW = Instant.parse("2026-11-24T14:00:00Z");

    /** One that is empty. */
    Directory directory();

    @Test
    default void whatIsAddedIsFoundByIdAndName() {
        var directory = directory();
        var group = directory.addGroup("users");
        var ann = directory.addUser("ann", group.id(), Set.of(), true, NOW);
        assertThat(directory.user(ann.id())).contains(ann);
        assertThat(directory.user("ann")).contains(ann);
        assertThat(ann.groups()).containsExactly(group.id());
        assertThat(directory.group("users")).contains(group);
        assertThat(directory.users(0, 10)).containsExactly(ann);
        assertThat(directory.users(ann.id().value(), 10)).isEmpty();
    }

    @Test
    default void aNameBelongsToOneAlone() {
        var directory = directory();
        var group = directory.addGroup("users");
        var ann = directory.addUser("ann", group.id(), Set.of(), true, NOW);
        var bob = directory.addUser("bob", group.id(), Set.of(), false, NOW);
        refused("USER_NAME_TAKEN", () -> directory.addUser("ann", group.id(), Set.of(), false, NOW));
        refused("USER_NAME_TAKEN", () -> directory.change(new User(bob.id(), "ann", group.id(), Set.of(group.id()), false, true, NOW)));
        refused("GROUP_NAME_TAKEN", () -> directory.addGroup("users"));
        directory.add(new Token(ann.id(), "t", NOW, Optional.empty()), new byte[] {1});
        refused("TOKEN_NAME_TAKEN", () -> directory.add(new Token(ann.id(), "t", NOW, Optional.empty()), new byte[] {2}));
    }

    @Test
    default void theLastAdministratorStays() {
        var directory = directory();
        var group = directory.addGroup("users");
        var ann = directory.addUser("ann", group.id(), Set.of(), true, NOW);
        refused("LAST_ADMINISTRATOR", () -> directory.remove(ann.id()));
        refused("LAST_ADMINISTRATOR", () -> directory.change(new User(ann.id(), "ann", group.id(), Set.of(group.id()), true, false, NOW)));
        assertThat(directory.user("ann")).contains(ann);
        directory.addUser("bob", group.id(), Set.of(), true, NOW);
        directory.remove(ann.id());
        assertThat(directory.user("ann")).isEmpty();
    }

    @Test
    default void aTokenOpensUntilItIsRemovedOrItsUserIs() {
        var directory = directory();
        var group = directory.addGroup("users");
        directory.addUser("ann", group.id(), Set.of(), true, NOW);
        var bob = directory.addUser("bob", group.id(), Set.of(), false, NOW);
        var token = new Token(bob.id(), "t", NOW, Optional.of(NOW.plusSeconds(60)));
        directory.add(token, new byte[] {7, 8});
        assertThat(directory.key(new byte[] {7, 8})).contains(new Directory.Key(token, bob));
        assertThat(directory.key(new byte[] {7, 9})).isEmpty();
        assertThat(directory.removeToken(bob.id(), "t")).isTrue();
        assertThat(directory.removeToken(bob.id(), "t")).isFalse();
        directory.add(token, new byte[] {7, 8});
        directory.remove(bob.id());
        assertThat(directory.key(new byte[] {7, 8})).isEmpty();
    }

    @Test
    default void aGroupWithUsersStays() {
        var directory = directory();
        var users = directory.addGroup("users");
        var shop = directory.addGroup("shop");
        directory.addUser("ann", users.id(), Set.of(users.id(), shop.id()), true, NOW);
        refused("GROUP_IN_USE", () -> directory.remove(shop.id()));
        directory.change(new User(directory.user("ann").orElseThrow().id(), "ann", users.id(), Set.of(users.id()), true, true, NOW));
        directory.remove(shop.id());
        assertThat(directory.groups(0, 10)).containsExactly(users);
    }

    @Test
    default void aQuotaKeepsWhichBoundsAreAbsent() {
        var directory = directory();
        var group = directory.addGroup("users");
        var ann = directory.addUser("ann", group.id(), Set.of(), true, NOW);
        var limits = new Limits(OptionalLong.of(3), OptionalLong.empty(), OptionalLong.of(1L << 40), OptionalLong.empty(), OptionalLong.of(0));
        assertThat(directory.limits(ann.id())).isEqualTo(Limits.NONE);
        directory.limit(ann.id(), limits);
        directory.limit(group.id(), limits);
        assertThat(directory.limits(ann.id())).isEqualTo(limits);
        directory.limit(ann.id(), Limits.NONE);
        assertThat(directory.limits(ann.id())).isEqualTo(Limits.NONE);
        assertThat(directory.limits(group.id())).isEqualTo(limits);
    }

    private static void refused(String code, Runnable work) {
        assertThatThrownBy(work::run).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
