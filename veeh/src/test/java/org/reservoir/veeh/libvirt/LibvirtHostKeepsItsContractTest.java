package org.reservoir.veeh.libvirt;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

import org.reservoir.interfaces.vhi.HostAddress;
import org.reservoir.interfaces.vhi.VeeHost;
import org.reservoir.kernel.HostId;
import org.reservoir.libvirtrpc.PrivateLibvirtd;
import org.reservoir.veeh.HostContract;

/** The same promises kept with a libvirtd in memory and with a real one, which plays the hypervisor itself. */
class LibvirtHostKeepsItsContractTest {

    @Nested
    class WithALibvirtdInMemory extends HostContract {
        private final VeeHost host = LibvirtHost.open("qemu+tcp://here/system", new Site("lab"), Map.of(), InstantSource.fixed(Instant.EPOCH),
                new FakeLibvirtd()::dial);

        @Override
        protected VeeHost host() {
            return host;
        }

        @AfterEach
        void close() {
            host.close();
        }
    }

    @Nested
    @Tag("real")
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class WithLibvirtsTestDriver extends HostContract {
        private PrivateLibvirtd libvirtd;
        private VeeHost host;

        @BeforeAll
        void start() {
            libvirtd = PrivateLibvirtd.start();
        }

        @AfterAll
        void stop() {
            libvirtd.close();
        }

        @BeforeEach
        void open() {
            libvirtd.restart();
            host = new LibvirtHosts("lab").open(new HostId(1), new HostAddress(libvirtd.unix("test", "/default"), Map.of("folder", libvirtd.folder() + "/pool")));
        }

        @AfterEach
        void close() {
            host.close();
        }

        @Override
        protected VeeHost host() {
            return host;
        }
    }
}
