package org.reservoir.history;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Writes one flat table in Parquet: a time in milliseconds (UTC), columns of text and a number, all required. Texts are in a dictionary with
 * run-length encoded places, so what repeats from row to row costs nothing; pages are compressed by gzip. Row groups are written as they fill,
 * so memory is bounded. Not for several threads. Source: the Apache Parquet format's parquet.thrift and its pages on encodings.
 */
final class ParquetWriter {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int GROUP = 1 << 17;
    private static final int INT64 = 2;
    private static final int DOUBLE = 5;
    private static final int BYTE_ARRAY = 6;
    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int RLE_DICTIONARY = 8;
    private static final int UTF8 = 0;
    private static final int TIMESTAMP_MILLIS = 9;
    private static final int GZIP = 2;
    private static final int DATA_PAGE = 0;
    private static final int DICTIONARY_PAGE = 2;

    private final OutputStream out;
    private final List<Text> texts;
    private final List<Group> groups = new ArrayList<>();
    private Bytes times = new Bytes(0);
    private Bytes values = new Bytes(0);
    private int rows;
    private long written;

    /** @param dictionary -1 when the column has none */
    private record Chunk(String name, int type, long dictionary, long data, long plainSize, long size, int rows) {}

    private record Group(List<Chunk> chunks, int rows) {}

    /** A column of text in the group under way. */
    private static final class Text {
        private final String name;
        private final Map<String, Integer> places = new LinkedHashMap<>();
        private final List<int[]> runs = new ArrayList<>();

        Text(String name) {
            this.name = name;
        }

        void add(String text) {
            int place = places.computeIfAbsent(text, _ -> places.size());
            if (!runs.isEmpty() && runs.getLast()[0] == place) {
                runs.getLast()[1]++;
            } else {
                runs.add(new int[] {place, 1});
            }
        }
    }

    /** @param texts names of the columns of text, between {@code time} and {@code value} */
    ParquetWriter(OutputStream out, List<String> texts) throws IOException {
        this.out = out;
        this.texts = texts.stream().map(Text::new).toList();
        put(MAGIC);
    }

    void row(long time, List<String> row, double value) throws IOException {
        times.fixed(time);
        for (int i = 0; i < texts.size(); i++) {
            texts.get(i).add(row.get(i));
        }
        values.real(value);
        if (++rows == GROUP) {
            group();
        }
    }

    /** Writes what is left and the footer; the stream stays open. */
    void finish() throws IOException {
        if (rows > 0) {
            group();
        }
        var footer = new Bytes(0);
        Thrift.struct(footer, file -> file.i32(1, 1).structs(2, schema(), ParquetWriter::element).i64(3, groups.stream().mapToLong(Group::rows).sum())
                .structs(4, groups, ParquetWriter::rowGroup).text(6, "Reservoir"));
        put(footer.array());
        put(new byte[] {(byte) footer.size(), (byte) (footer.size() >> 8), (byte) (footer.size() >> 16), (byte) (footer.size() >> 24)});
        put(MAGIC);
        out.flush();
    }

    /** @param converted -1 for none */
    private record Element(String name, int type, int converted, int children) {}

    private List<Element> schema() {
        var schema = new ArrayList<Element>();
        schema.add(new Element("measurements", -1, -1, texts.size() + 2));
        schema.add(new Element("time", INT64, TIMESTAMP_MILLIS, 0));
        texts.forEach(text -> schema.add(new Element(text.name, BYTE_ARRAY, UTF8, 0)));
        schema.add(new Element("value", DOUBLE, -1, 0));
        return schema;
    }

    private static void element(Thrift to, Element element) {
        if (element.children() > 0) {
            to.text(4, element.name()).i32(5, element.children());
            return;
        }
        to.i32(1, element.type()).i32(3, 0).text(4, element.name());
        if (element.converted() >= 0) {
            to.i32(6, element.converted());
        }
    }

    private static void rowGroup(Thrift to, Group group) {
        to.structs(1, group.chunks(), (chunk, about) -> chunk.i64(2, about.data()).struct(3, meta -> {
            boolean dictionary = about.dictionary() >= 0;
            meta.i32(1, about.type()).i32s(2, dictionary ? List.of(PLAIN, RLE, RLE_DICTIONARY) : List.of(PLAIN, RLE)).texts(3, List.of(about.name())).i32(4, GZIP)
                    .i64(5, about.rows()).i64(6, about.plainSize()).i64(7, about.size()).i64(9, about.data());
            if (dictionary) {
                meta.i64(11, about.dictionary());
            }
        })).i64(2, group.chunks().stream().mapToLong(Chunk::plainSize).sum()).i64(3, group.rows());
    }

    private void group() throws IOException {
        var chunks = new ArrayList<Chunk>();
        chunks.add(plain("time", INT64, times));
        for (var text : texts) {
            chunks.add(text(text));
            text.places.clear();
            text.runs.clear();
        }
        chunks.add(plain("value", DOUBLE, values));
        groups.add(new Group(List.copyOf(chunks), rows));
        times.clear();
        values.clear();
        rows = 0;
    }

    private Chunk plain(String name, int type, Bytes content) throws IOException {
        long begin = written;
        long plain = page(DATA_PAGE, rows, PLAIN, content);
        return new Chunk(name, type, -1, begin, plain, written - begin, rows);
    }

    private Chunk text(Text text) throws IOException {
        var dictionary = new Bytes(0);
        text.places.keySet().forEach(word -> {
            var encoded = word.getBytes(StandardCharsets.UTF_8);
            dictionary.fixed(encoded.length, 4).raw(encoded);
        });
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(0, text.places.size() - 1)));
        var places = new Bytes(0).one(bits);
        text.runs.forEach(run -> places.number((long) run[1] << 1).fixed(run[0], (bits + 7) / 8));
        long begin = written;
        long plain = page(DICTIONARY_PAGE, text.places.size(), PLAIN, dictionary);
        long data = written;
        plain += page(DATA_PAGE, rows, RLE_DICTIONARY, places);
        return new Chunk(text.name, BYTE_ARRAY, begin, data, plain, written - begin, rows);
    }

    /** @return its size before compression, with its header */
    private long page(int type, int count, int encoding, Bytes content) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(content.array());
        }
        var header = new Bytes(0);
        Thrift.struct(header, page -> {
            page.i32(1, type).i32(2, content.size()).i32(3, packed.size());
            if (type == DATA_PAGE) {
                page.struct(5, data -> data.i32(1, count).i32(2, encoding).i32(3, RLE).i32(4, RLE));
            } else {
                page.struct(7, dictionary -> dictionary.i32(1, count).i32(2, encoding));
            }
        });
        put(header.array());
        put(packed.toByteArray());
        return header.size() + content.size();
    }

    private void put(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }
}
