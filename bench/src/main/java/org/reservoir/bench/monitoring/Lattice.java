package org.reservoir.bench.monitoring;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataOutput;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.reservoir.monitoring.lattice.LatticeMessage;
import org.reservoir.monitoring.lattice.Padding;

/**
 * Lattice itself, from classes that whoever measures has compiled (with the libraries they need): its measurements, written and
 * read by its own encoder and decoder, without names. Reached by method handles, whose cost is nothing beside theirs.
 */
final class Lattice implements Codec {
    private final MethodHandle value;
    private final MethodHandle measurement;
    private final MethodHandle encode;
    private final MethodHandle output;
    private final MethodHandle input;
    private final MethodHandle decoder;
    private final MethodHandle decode;
    private final MethodHandle values;
    private final MethodHandle valueOf;
    private final Object[] ids = new Object[Sample.VEES];
    private final List<byte[]> written = new ArrayList<>();

    /** @param path directories and jars, separated as in a class path */
    Lattice(String path) throws ReflectiveOperationException {
        var urls = new ArrayList<URL>();
        for (var part : path.split(java.io.File.pathSeparator)) {
            try {
                urls.add(Path.of(part).toUri().toURL());
            } catch (java.net.MalformedURLException e) {
                throw new IllegalArgumentException(part, e);
            }
        }
        var loader = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        var lookup = MethodHandles.publicLookup();
        var id = loader.loadClass("mon.lattice.core.ID");
        var measured = loader.loadClass("mon.lattice.core.Measurement");
        var xdr = loader.loadClass("mon.lattice.distribution.MeasurementEncoderXDR");
        var reader = loader.loadClass("mon.lattice.distribution.MeasurementDecoderXDR");
        var probeValue = loader.loadClass("mon.lattice.core.DefaultProbeValue");
        value = lookup.findConstructor(probeValue, MethodType.methodType(void.class, int.class, Object.class));
        measurement = lookup.findConstructor(loader.loadClass("mon.lattice.core.ConsumerMeasurement"),
                MethodType.methodType(void.class, long.class, id, String.class, long.class, long.class, id, id, List.class));
        var encoder = lookup.findConstructor(xdr, MethodType.methodType(void.class, measured));
        encode = MethodHandles.filterArguments(lookup.findVirtual(xdr, "encode", MethodType.methodType(void.class, DataOutput.class)), 0, encoder);
        output = lookup.findConstructor(loader.loadClass("mon.lattice.xdr.XDRDataOutputStream"), MethodType.methodType(void.class, java.io.OutputStream.class));
        input = lookup.findConstructor(loader.loadClass("mon.lattice.xdr.XDRDataInputStream"), MethodType.methodType(void.class, java.io.InputStream.class));
        decoder = lookup.findConstructor(reader, MethodType.methodType(void.class));
        decode = lookup.findVirtual(reader, "decode", MethodType.methodType(measured, DataInput.class));
        values = lookup.findVirtual(measured, "getValues", MethodType.methodType(List.class));
        valueOf = lookup.findVirtual(loader.loadClass("mon.lattice.core.ProbeValue"), "getValue", MethodType.methodType(Object.class));
        for (int i = 0; i < ids.length; i++) {
            ids[i] = id.getConstructor(long.class, long.class).newInstance(77L, (long) i);
        }
    }

    @Override
    public String name() {
        return "Lattice, XDR without names";
    }

    @Override
    public long write(Sample sample) {
        written.clear();
        long bytes = 0;
        try {
            for (int i = 0; i < Sample.VEES; i++) {
                var list = List.of(value.invoke(0, (Object) sample.names[i]), value.invoke(1, (Object) sample.percent[i]), value.invoke(2, (Object) sample.cpu[i]),
                        value.invoke(3, (Object) sample.memory[i]), value.invoke(4, (Object) sample.received[i]), value.invoke(5, (Object) sample.sent[i]));
                var made = measurement.invoke(sample.at, ids[i], "infra_vee", sample.at, Sample.PERIOD, ids[0], ids[0], list);
                var stream = new ByteArrayOutputStream();
                encode.invoke(made, (DataOutput) output.invoke((java.io.OutputStream) stream));
                written.add(stream.toByteArray());
                bytes += stream.size();
            }
        } catch (Throwable e) { // method handles promise nothing narrower
            throw new IllegalStateException("Lattice could not write", e);
        }
        return bytes;
    }

    /** How many of the measurements that Lattice wrote last are read by us as they were, and read by Lattice again when we wrote them. */
    int understood() {
        int understood = 0;
        var head = new byte[24]; // the data plane's own: a source's id, what it is, a number
        head[19] = 102;
        for (var bytes : written) {
            var message = java.nio.ByteBuffer.allocate(head.length + bytes.length).put(head).put(bytes).array();
            var read = LatticeMessage.read(message, message.length);
            if (read.isPresent()) {
                var ours = read.get().write(Padding.NONE);
                understood += sumOf(java.util.Arrays.copyOfRange(ours, head.length, ours.length)) == sumOf(bytes) ? 1 : 0;
            }
        }
        return understood;
    }

    @Override
    public double read() {
        double sum = 0;
        for (var bytes : written) {
            sum += sumOf(bytes);
        }
        return sum;
    }

    private double sumOf(byte[] bytes) {
        try {
            double sum = 0;
            var read = decode.invoke(decoder.invoke(), (DataInput) input.invoke((java.io.InputStream) new ByteArrayInputStream(bytes)));
            for (var each : (List<?>) values.invoke(read)) {
                var thing = valueOf.invoke(each);
                sum += thing instanceof Number number ? number.doubleValue() : ((String) thing).length();
            }
            return sum;
        } catch (Throwable e) { // as above
            throw new IllegalStateException("Lattice could not read", e);
        }
    }
}
