package org.reservoir.gateways.rest;

import static org.reservoir.gateways.rest.Route.create;
import static org.reservoir.gateways.rest.Route.delete;
import static org.reservoir.gateways.rest.Route.get;
import static org.reservoir.gateways.rest.Route.patch;
import static org.reservoir.gateways.rest.Route.put;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.reservoir.access.Access;
import org.reservoir.access.Group;
import org.reservoir.access.Token;
import org.reservoir.access.User;
import org.reservoir.access.UserRequest;
import org.reservoir.interfaces.vmi.Quotas;
import org.reservoir.kernel.GroupId;
import org.reservoir.kernel.Name;
import org.reservoir.kernel.UserId;

/** Users, groups, tokens and quotas over REST. */
final class AccessRoutes {
    private static final String USERS = "/api/access/v1/users";
    private static final String USER = USERS + "/{user}";
    private static final String GROUPS = "/api/access/v1/groups";
    private static final String GROUP = GROUPS + "/{group}";

    private final Access access;

    AccessRoutes(Access access) {
        this.access = access;
    }

    record GroupName(String name) {
        GroupName {
            Name.of("group", name);
        }
    }

    /** @param lifetime ISO 8601, such as {@code P90D}; empty for a token that does not expire */
    record TokenRequest(String name, Optional<Duration> lifetime) {
        TokenRequest {
            Name.of("token", name);
        }
    }

    List<Route> routes() {
        return List.of(
                get(USERS, "user.list", "Lists users; those who are no administrators see themselves.", x -> x.paged(access.users(x.caller(), x.page())))
                        .pages(User.class),
                create(USERS, "user.create", "Makes a user.", this::createUser).takes(UserRequest.class).answers(User.class),
                get(USER, "user.show", "Shows a user; 'me' is the caller.", x -> Answer.of(access.user(x.caller(), user(x)))).answers(User.class),
                patch(USER, "user.change", "Changes a user; what is left out stays.",
                        x -> Answer.of(access.changeUser(x.caller(), user(x), x.body(UserRequest.class)))).takes(UserRequest.class).answers(User.class),
                delete(USER, "user.remove", "Removes a user, its tokens and quota; what it owns stays.", this::removeUser),
                get(USER + "/tokens", "token.list", "Lists a user's tokens.", x -> Answer.of(access.tokens(x.caller(), user(x)))).answers(new Shape.Many(Token.class)),
                create(USER + "/tokens", "token.create", "Makes a token; its secret is shown this once.", this::createToken)
                        .takes(TokenRequest.class).answers(Token.Issued.class),
                delete(USER + "/tokens/{token}", "token.revoke", "Revokes a token.", this::revoke),
                get(USER + "/quota", "quota.show", "What a user may use at most.", x -> Answer.of(access.limits(x.caller(), user(x)))).answers(Quotas.Limits.class),
                put(USER + "/quota", "quota.set", "Bounds what a user may use; what is left out is unbounded.",
                        x -> Answer.of(access.limit(x.caller(), user(x), x.body(Quotas.Limits.class)))).takes(Quotas.Limits.class).answers(Quotas.Limits.class),
                get(GROUPS, "group.list", "Lists groups; those who are no administrators see their own.", x -> x.paged(access.groups(x.caller(), x.page())))
                        .pages(Group.class),
                create(GROUPS, "group.create", "Makes a group.", this::createGroup).takes(GroupName.class).answers(Group.class),
                get(GROUP, "group.show", "Shows a group.", x -> Answer.of(access.group(x.caller(), group(x)))).answers(Group.class),
                delete(GROUP, "group.remove", "Removes a group without users.", this::removeGroup),
                get(GROUP + "/quota", "group.quota.show", "What a group may use at most.", x -> Answer.of(access.limits(x.caller(), group(x))))
                        .answers(Quotas.Limits.class),
                put(GROUP + "/quota", "group.quota.set", "Bounds what a group may use together; what is left out is unbounded.",
                        x -> Answer.of(access.limit(x.caller(), group(x), x.body(Quotas.Limits.class)))).takes(Quotas.Limits.class).answers(Quotas.Limits.class));
    }

    private UserId user(Exchange x) {
        return access.userCalled(x.caller(), x.path("user"));
    }

    private GroupId group(Exchange x) {
        return access.groupCalled(x.caller(), x.path("group"));
    }

    private Answer createUser(Exchange x) throws IOException {
        var user = access.createUser(x.caller(), x.body(UserRequest.class));
        return Answer.created(user, USERS + "/" + user.id());
    }

    private Answer removeUser(Exchange x) {
        access.removeUser(x.caller(), user(x));
        return Answer.NOTHING;
    }

    private Answer createToken(Exchange x) throws IOException {
        var request = x.body(TokenRequest.class);
        return Answer.toldOnce(access.createToken(x.caller(), user(x), request.name(), request.lifetime()));
    }

    private Answer revoke(Exchange x) {
        access.revokeToken(x.caller(), user(x), x.path("token"));
        return Answer.NOTHING;
    }

    private Answer createGroup(Exchange x) throws IOException {
        var group = access.createGroup(x.caller(), x.body(GroupName.class).name());
        return Answer.created(group, GROUPS + "/" + group.id());
    }

    private Answer removeGroup(Exchange x) {
        access.removeGroup(x.caller(), group(x));
        return Answer.NOTHING;
    }
}
