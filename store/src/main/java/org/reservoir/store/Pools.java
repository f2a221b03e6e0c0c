package org.reservoir.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.PGProperty;

/**
 * The connections to one database: some that write, and some that the server itself holds to reading, so that
 * a query needs one round trip and cannot change anything by mistake.
 */
final class Pools implements AutoCloseable {
    private final String url;
    private final Properties login;
    private final HikariDataSource writers;
    private final HikariDataSource readers;

    private Pools(String url, Properties login, int connections, Duration patience) {
        this.url = url;
        this.login = login;
        this.writers = pool("write", connections, patience, "");
        this.readers = pool("read", connections, patience, " -c default_transaction_read_only=on");
    }

    static Pools overSocket(Path socket, DatabaseSettings settings) {
        return overSocket(socket, Cluster.DATABASE, settings);
    }

    static Pools overSocket(Path socket, String database, DatabaseSettings settings) {
        var login = new Properties();
        PGProperty.USER.set(login, Cluster.OWNER);
        PGProperty.SOCKET_FACTORY.set(login, UnixSocketFactory.class.getName());
        PGProperty.SOCKET_FACTORY_ARG.set(login, socket.toString());
        PGProperty.SSL_MODE.set(login, "disable");
        PGProperty.GSS_ENC_MODE.set(login, "disable");
        return new Pools("jdbc:postgresql://localhost/" + database, login, settings.connections(), settings.patience());
    }

    static Pools external(DatabaseSettings.External settings) {
        var login = new Properties();
        PGProperty.USER.set(login, settings.user());
        PGProperty.PASSWORD.set(login, settings.password());
        PGProperty.GSS_ENC_MODE.set(login, "prefer");
        PGProperty.TCP_KEEP_ALIVE.set(login, true);
        return new Pools(settings.url(), login, settings.connections(), settings.patience());
    }

    private HikariDataSource pool(String name, int connections, Duration patience, String options) {
        var config = new HikariConfig();
        config.setPoolName("site-" + name);
        config.setJdbcUrl(url);
        config.setDataSourceProperties(with("-c statement_timeout=120s -c lock_timeout=60s -c idle_in_transaction_session_timeout=120s" + options));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setIdleTimeout(TimeUnit.MINUTES.toMillis(2));
        config.setConnectionTimeout(Math.max(250, patience.toMillis()));
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private Properties with(String options) {
        var properties = new Properties();
        properties.putAll(login);
        PGProperty.APPLICATION_NAME.set(properties, "reservoir");
        PGProperty.SOCKET_TIMEOUT.set(properties, 300);
        PGProperty.CONNECT_TIMEOUT.set(properties, 10);
        PGProperty.OPTIONS.set(properties, options);
        return properties;
    }

    DataSource writers() {
        return writers;
    }

    DataSource readers() {
        return readers;
    }

    /** Single connections without time limits, for work on the schema and for backups. */
    DataSource unlimited() {
        var source = new org.postgresql.ds.PGSimpleDataSource();
        source.setUrl(url);
        login.stringPropertyNames().forEach(name -> set(source, name));
        return source;
    }

    private void set(org.postgresql.ds.PGSimpleDataSource source, String name) {
        try {
            source.setProperty(name, login.getProperty(name));
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException("the driver knows no property " + name, e);
        }
    }

    @Override
    public void close() {
        readers.close();
        writers.close();
    }
}
