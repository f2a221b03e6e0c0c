package org.reservoir.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas.Limits;
import org.reservoir.kernel.Refused;

class AccessTest {
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-24T14:00:00Z"));
    private final DirectoryInMemory directory = new DirectoryInMemory();
    private final Access access = new Access(directory, now::get);
    private final FirstAdministrator first = new FirstAdministrator(directory, now::get);
    private final String secret = told(first::make).orElseThrow();

    private static Optional<String> told(Consumer<Consumer<String>> work) {
        var told = new AtomicReference<String>();
        work.accept(told::set);
        return Optional.ofNullable(told.get());
    }

    @Test
    void theFirstStartMakesOneAdministratorAndNoOtherDoes() {
        var admin = access.authenticate(secret, "a");
        assertThat(admin.name()).isEqualTo("admin");
        assertThat(admin.administrator()).isTrue();
        assertThat(told(first::make)).isEmpty();
    }

    @Test
    void aSiteKilledBeforeAdminsTokenWasInForceIsOpenedByTheNextStart() {
        var killed = new DirectoryInMemory() {
            private boolean dying = true;

            @Override
            public void add(Token token, byte[] hash) {
                if (dying) {
                    dying = false;
                    throw new IllegalStateException("killed");
                }
                super.add(token, hash);
            }
        };
        var maker = new FirstAdministrator(killed, now::get);
        assertThatThrownBy(() -> maker.make(_ -> {})).hasMessage("killed");
        var kept = told(maker::make).orElseThrow();
        assertThat(new Access(killed, now::get).authenticate(kept, "a").administrator()).isTrue();
    }

    @Test
    void adminIsReadmittedAlthoughDisabledAndNoAdministratorAnyMore() {
        var admin = directory.user("admin").orElseThrow();
        directory.addUser("boss", admin.group(), Set.of(), true, now.get());
        directory.change(new User(admin.id(), "admin", admin.group(), admin.groups(), false, false, admin.created()));
        var fresh = told(first::readmit).orElseThrow();
        assertThat(access.authenticate(fresh, "a").administrator()).isTrue();
        assertThat(access.authenticate(secret, "a").name()).isEqualTo("admin");
    }

    @Test
    void aSecretThatIsNearlyRightOpensNothing() {
        var last = secret.charAt(secret.length() - 1) == 'A' ? 'B' : 'A';
        refused("BAD_TOKEN", () -> access.authenticate(secret.substring(0, secret.length() - 1) + last, "a"));
        refused("BAD_TOKEN", () -> access.authenticate("", "a"));
        refused("BAD_TOKEN", () -> access.authenticate("rsv_", "a"));
    }

    @Test
    void aRevokedTokenEndsAtOnceAlthoughItWasJustUsed() {
        var admin = access.authenticate(secret, "a");
        var other = access.createToken(admin, admin.user(), "other", Optional.empty()).secret();
        access.authenticate(other, "a");
        access.revokeToken(admin, admin.user(), "other");
        refused("BAD_TOKEN", () -> access.authenticate(other, "a"));
    }

    @Test
    void anExpiredTokenEndsAlthoughItIsRemembered() {
        var admin = access.authenticate(secret, "a");
        var brief = access.createToken(admin, admin.user(), "brief", Optional.of(Duration.ofSeconds(2))).secret();
        access.authenticate(brief, "a");
        now.updateAndGet(at -> at.plusSeconds(2));
        refused("BAD_TOKEN", () -> access.authenticate(brief, "a"));
    }

    @Test
    void aDisabledUsersTokensOpenNothing() {
        var admin = access.authenticate(secret, "a");
        var ann = access.createUser(admin, UserRequest.named("ann"));
        var token = access.createToken(admin, ann.id(), "t", Optional.empty()).secret();
        assertThat(access.authenticate(token, "a").name()).isEqualTo("ann");
        access.changeUser(admin, ann.id(), UserRequest.named("ann").enabled(false));
        refused("BAD_TOKEN", () -> access.authenticate(token, "a"));
    }

    @Test
    void whoTriesTooOftenHasToWaitButOthersAndGoodTokensDoNot() {
        access.authenticate(secret, "bad");
        for (int i = 0; i < 20; i++) {
            refused("BAD_TOKEN", () -> access.authenticate("rsv_wrong", "bad"));
        }
        refused("TOO_MANY_ATTEMPTS", () -> access.authenticate("rsv_wrong", "bad"));
        refused("BAD_TOKEN", () -> access.authenticate("rsv_wrong", "good"));
        assertThat(access.authenticate(secret, "bad").name()).isEqualTo("admin");
        now.updateAndGet(at -> at.plusSeconds(61));
        refused("BAD_TOKEN", () -> access.authenticate("rsv_wrong", "bad"));
    }

    @Test
    void usersManageTheirOwnTokensAndNothingElse() {
        var admin = access.authenticate(secret, "a");
        var ann = access.createUser(admin, UserRequest.named("ann"));
        var bob = access.createUser(admin, UserRequest.named("bob"));
        var caller = access.caller(ann.id());
        access.createToken(caller, ann.id(), "t", Optional.empty());
        refused("USER_NOT_FOUND", () -> access.createToken(caller, bob.id(), "t", Optional.empty()));
        refused("USER_NOT_FOUND", () -> access.user(caller, bob.id()));
        refused("ADMINISTRATORS_ONLY", () -> access.createUser(caller, UserRequest.named("eve")));
        refused("ADMINISTRATORS_ONLY", () -> access.changeUser(caller, ann.id(), UserRequest.named("ann").administering()));
        refused("ADMINISTRATORS_ONLY", () -> access.limit(caller, ann.id(), Limits.NONE));
        assertThat(access.users(caller, Page.Request.FIRST).items()).extracting(User::name).containsExactly("ann");
        assertThat(access.groups(caller, Page.Request.FIRST).items()).extracting(Group::name).containsExactly("users");
    }

    @Test
    void aChangedQuotaIsObeyedAtOnce() {
        var admin = access.authenticate(secret, "a");
        assertThat(access.of(admin.user())).isEqualTo(Limits.NONE);
        var limits = new Limits(OptionalLong.of(1), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
        access.limit(admin, admin.user(), limits);
        assertThat(access.of(admin.user())).isEqualTo(limits);
        refused("BAD_QUOTA", () -> access.limit(admin, admin.user(), new Limits(OptionalLong.of(-1), OptionalLong.empty(), OptionalLong.empty(),
                OptionalLong.empty(), OptionalLong.empty())));
    }

    @Test
    void listsOfUsersComeInPages() {
        var admin = access.authenticate(secret, "a");
        for (int i = 0; i < 5; i++) {
            access.createUser(admin, UserRequest.named("u" + i));
        }
        var first = access.users(admin, new Page.Request(4, Optional.empty()));
        assertThat(first.items()).hasSize(4);
        assertThat(access.users(admin, new Page.Request(4, first.next())).items()).extracting(User::name).containsExactly("u3", "u4");
    }

    private static void refused(String code, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
