package org.reservoir.access;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.reservoir.interfaces.vmi.Caller;
import org.reservoir.interfaces.vmi.Page;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.Refused;
import org.reservoir.kernel.UserId;

/**
 * Who is behind a request, and who may change users, groups, tokens and quotas: administrators all, users their own tokens. It decides
 * nothing about VEEs or images; their {@link org.reservoir.interfaces.vmi.Ownership} does.
 *
 * <p>An answer about a token is remembered for {@link #MEMORY}: on the site server that revokes a token it ends at once, on others of
 * the same site within that time.
 */
public final class Access implements Quotas {
    static final Duration MEMORY = Duration.ofSeconds(5);
    private static final int TOKENS_PER_USER = 100;

    private final Directory directory;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final FailedAttempts attempts;
    private final Remembered<ByteBuffer, Directory.Key> keys;
    private final Remembered<Record, Limits> limits;

    public Access(Directory directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        attempts = new FailedAttempts(clock, 20);
        keys = new Remembered<>(clock, MEMORY, 10_000);
        limits = new Remembered<>(clock, MEMORY, 10_000);
    }

    /**
     * The caller whom {@code secret} stands for.
     *
     * @param address where the request comes from, for the bound on wrong tries
     * @throws Refused {@code BAD_TOKEN}, {@code TOO_MANY_ATTEMPTS}
     */
    public Caller authenticate(String secret, String address) {
        var hash = Bearer.hash(secret);
        var known = hash.flatMap(bytes -> keys.get(ByteBuffer.wrap(bytes)));
        if (known.isPresent() && known.get().token().opensAt(clock.instant())) {
            return known.get().user().caller();
        }
        attempts.check(address);
        var key = hash.flatMap(bytes -> keys.ask(ByteBuffer.wrap(bytes), () -> directory.key(bytes)
                .filter(found -> found.user().enabled() && found.token().opensAt(clock.instant()))));
        if (key.isEmpty()) {
            attempts.failed(address);
            throw new Refused(Refused.Kind.UNAUTHENTICATED, "BAD_TOKEN", "This token opens nothing: it is wrong, expired or revoked.",
                    "Ask an administrator for a new one (reservoir token create).");
        }
        return key.get().user().caller();
    }

    /** As whom the site acts when it goes on with a user's work. @throws Refused {@code USER_NOT_FOUND} */
    public Caller caller(UserId user) {
        return existing(user).caller();
    }

    public User createUser(Caller caller, UserRequest request) {
        requireAdministrator(caller);
        var name = Name.of("user", request.name().orElse(""));
        var group = groupNamed(request.group().orElse(FirstAdministrator.USERS));
        return directory.addUser(name, group, groupsNamed(request.groups().orElse(Set.of()), group), request.administrator().orElse(false), clock.instant());
    }

    public User changeUser(Caller caller, UserId user, UserRequest request) {
        requireAdministrator(caller);
        var old = existing(user);
        var group = request.group().map(this::groupNamed).orElse(old.group());
        var groups = request.groups().map(names -> groupsNamed(names, group)).orElseGet(() -> with(old.groups(), group));
        var changed = new User(user, request.name().orElse(old.name()), group, groups,
                request.administrator().orElse(old.administrator()), request.enabled().orElse(old.enabled()), old.created());
        directory.change(changed);
        keys.forget();
        return changed;
    }

    /** What the user owns stays; its tokens and quota go. */
    public void removeUser(Caller caller, UserId user) {
        requireAdministrator(caller);
        existing(user);
        directory.remove(user);
        keys.forget();
        limits.forget();
    }

    public User user(Caller caller, UserId user) {
        requireSelf(caller, user);
        return existing(user);
    }

    /** By name or id; {@code me} is the caller. */
    public UserId userCalled(Caller caller, String text) {
        if (text.equals("me")) {
            return caller.user();
        }
        var named = directory.user(text).map(User::id).orElseGet(() -> looksLikeId(text, "user") ? UserId.parse(text) : missing("user", text));
        requireSelf(caller, named, text);
        return named;
    }

    /** Administrators see all users, others themselves. */
    public Page<User> users(Caller caller, Page.Request page) {
        if (!caller.administrator()) {
            return new Page<>(List.of(existing(caller.user())), Optional.empty());
        }
        var after = page.after().map(UserId::parse).map(UserId::value).orElse(0L);
        return page(directory.users(after, page.limit() + 1), page.limit(), user -> user.id().toString());
    }

    public Group createGroup(Caller caller, String name) {
        requireAdministrator(caller);
        return directory.addGroup(Name.of("group", name));
    }

    public Group group(Caller caller, GroupId group) {
        requireMember(caller, group);
        return directory.group(group).orElseGet(() -> missing("group", group.toString()));
    }

    public GroupId groupCalled(Caller caller, String text) {
        var named = directory.group(text).map(Group::id).orElseGet(() -> looksLikeId(text, "group") ? GroupId.parse(text) : missing("group", text));
        requireMember(caller, named, text);
        return named;
    }

    /** Administrators see all groups, others their own. */
    public Page<Group> groups(Caller caller, Page.Request page) {
        if (!caller.administrator()) {
            var own = caller.groups().stream().sorted().map(directory::group).flatMap(Optional::stream).toList();
            return new Page<>(own, Optional.empty());
        }
        var after = page.after().map(GroupId::parse).map(GroupId::value).orElse(0L);
        return page(directory.groups(after, page.limit() + 1), page.limit(), group -> group.id().toString());
    }

    public void removeGroup(Caller caller, GroupId group) {
        requireAdministrator(caller);
        directory.group(group).orElseGet(() -> missing("group", group.toString()));
        directory.remove(group);
        limits.forget();
    }

    /** @param lifetime how long it opens; empty for ever */
    public Token.Issued createToken(Caller caller, UserId user, String name, Optional<Duration> lifetime) {
        requireSelf(caller, user);
        existing(user);
        if (lifetime.isPresent() && !lifetime.get().isPositive()) {
            throw Refused.invalid("BAD_LIFETIME", "A token cannot live for %s.".formatted(lifetime.get()), "Give a positive time, such as PT12H or P90D.");
        }
        if (directory.tokens(user).size() >= TOKENS_PER_USER) {
            throw Refused.exhausted("TOKENS_EXHAUSTED", "%s has %d tokens already.".formatted(user, TOKENS_PER_USER), "Revoke those no longer used.");
        }
        return issue(user, Name.of("token", name), lifetime.map(clock.instant()::plus));
    }

    public List<Token> tokens(Caller caller, UserId user) {
        requireSelf(caller, user);
        return directory.tokens(user);
    }

    public void revokeToken(Caller caller, UserId user, String name) {
        requireSelf(caller, user);
        if (!directory.removeToken(user, name)) {
            missing("token", name);
        }
        keys.forget();
    }

    public Limits limits(Caller caller, UserId user) {
        requireSelf(caller, user);
        return directory.limits(existing(user).id());
    }

    public Limits limits(Caller caller, GroupId group) {
        return directory.limits(group(caller, group).id());
    }

    public Limits limit(Caller caller, UserId user, Limits wanted) {
        requireAdministrator(caller);
        directory.limit(existing(user).id(), positive(wanted));
        limits.forget();
        return wanted;
    }

    public Limits limit(Caller caller, GroupId group, Limits wanted) {
        requireAdministrator(caller);
        directory.limit(group(caller, group).id(), positive(wanted));
        limits.forget();
        return wanted;
    }

    @Override
    public Limits of(UserId user) {
        return remembered(user, () -> directory.limits(user));
    }

    @Override
    public Limits of(GroupId group) {
        return remembered(group, () -> directory.limits(group));
    }

    private Limits remembered(Record whose, Supplier<Limits> source) {
        return limits.get(whose).or(() -> limits.ask(whose, () -> Optional.of(source.get()))).orElseThrow();
    }

    private Token.Issued issue(UserId user, String name, Optional<Instant> expires) {
        var secret = Bearer.fresh(random);
        var token = new Token(user, name, clock.instant(), expires);
        directory.add(token, Bearer.hash(secret).orElseThrow());
        return new Token.Issued(token, secret);
    }

    private User existing(UserId user) {
        return directory.user(user).orElseGet(() -> missing("user", user.toString()));
    }

    private GroupId groupNamed(String name) {
        return directory.group(name).map(Group::id).orElseGet(() -> missing("group", name));
    }

    private Set<GroupId> groupsNamed(Set<String> names, GroupId main) {
        return with(names.stream().map(this::groupNamed).collect(Collectors.toSet()), main);
    }

    private static Set<GroupId> with(Set<GroupId> groups, GroupId main) {
        var all = new HashSet<>(groups);
        all.add(main);
        return all;
    }

    private static Limits positive(Limits limits) {
        requirePositive(limits.vees(), "VEEs");
        requirePositive(limits.cpu(), "thousandths of a CPU (cpu)");
        requirePositive(limits.memory(), "bytes of memory");
        requirePositive(limits.disk(), "bytes of disk");
        requirePositive(limits.addresses(), "addresses");
        return limits;
    }

    private static void requirePositive(OptionalLong bound, String what) {
        if (bound.orElse(0) < 0) {
            throw Refused.invalid("BAD_QUOTA", "A quota cannot be negative: %d %s.".formatted(bound.getAsLong(), what), "Leave it out for no bound.");
        }
    }

    private static <T> Page<T> page(List<T> oneMore, int limit, Function<T, String> id) {
        return oneMore.size() <= limit ? new Page<>(oneMore, Optional.empty())
                : new Page<>(oneMore.subList(0, limit), Optional.of(id.apply(oneMore.get(limit - 1))));
    }

    private static boolean looksLikeId(String text, String prefix) {
        return text.matches("(" + prefix + "-)?[0-9]{1,18}");
    }

    private static void requireAdministrator(Caller caller) {
        if (!caller.administrator()) {
            throw Refused.forbidden("ADMINISTRATORS_ONLY", "Only administrators may do this; %s is none.".formatted(caller.name()), "Ask an administrator.");
        }
    }

    private static void requireSelf(Caller caller, UserId user) {
        requireSelf(caller, user, user.toString());
    }

    /** Of others nothing is told, not even that they exist. @param text what the caller called the user */
    private static void requireSelf(Caller caller, UserId user, String text) {
        if (!caller.administrator() && !caller.user().equals(user)) {
            missing("user", text);
        }
    }

    private static void requireMember(Caller caller, GroupId group) {
        requireMember(caller, group, group.toString());
    }

    private static void requireMember(Caller caller, GroupId group, String text) {
        if (!caller.administrator() && !caller.groups().contains(group)) {
            missing("group", text);
        }
    }

    private static <T> T missing(String what, String name) {
        throw Refused.notFound(what.toUpperCase(Locale.ROOT) + "_NOT_FOUND", "There is no %s %s that you may see.".formatted(what, name),
                "See 'reservoir %s list'.".formatted(what));
    }
}
