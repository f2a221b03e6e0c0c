package org.reservoir.history;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.apache.tsfile.file.metadata.ChunkGroupMetadata;
import org.apache.tsfile.file.metadata.ChunkMetadata;
import org.apache.tsfile.file.metadata.IChunkMetadata;
import org.apache.tsfile.file.metadata.IDeviceID;
import org.apache.tsfile.read.common.FullPath;
import org.apache.tsfile.read.common.Path;
import org.apache.tsfile.utils.Pair;
import org.apache.tsfile.write.writer.TsFileIOWriter;
import org.apache.tsfile.write.writer.TsFileOutput;
import org.apache.tsfile.write.writer.tsmiterator.TSMIterator;

/** Writes a TsFile whose devices come in the order of its index, each once: there they need not be sorted again, which of a hundred thousand takes long. */
final class InOrder extends TsFileIOWriter {
    private IDeviceID latest;
    private boolean rising = true;

    InOrder(TsFileOutput out) throws IOException {
        super(out);
    }

    @Override
    public int startChunkGroup(IDeviceID device) throws IOException {
        rising &= latest == null || latest.compareTo(device) < 0;
        latest = device;
        return super.startChunkGroup(device);
    }

    @Override
    protected TSMIterator getTSMIterator() throws IOException {
        return rising ? new AsWritten(chunkGroupMetadataList) : super.getTSMIterator();
    }

    /** Of each device the columns by their names, one chunk each. */
    private static final class AsWritten extends TSMIterator {
        AsWritten(List<ChunkGroupMetadata> groups) {
            super(List.of());
            iterator = groups.stream().flatMap(AsWritten::columns).iterator();
        }

        private static Stream<Pair<Path, List<IChunkMetadata>>> columns(ChunkGroupMetadata group) {
            return group.getChunkMetadataList().stream().sorted(Comparator.comparing(ChunkMetadata::getMeasurementUid)).map(chunk -> column(group.getDevice(), chunk));
        }

        private static Pair<Path, List<IChunkMetadata>> column(IDeviceID device, IChunkMetadata chunk) {
            return new Pair<>(new FullPath(device, chunk.getMeasurementUid()), List.of(chunk));
        }
    }
}
