package org.reservoir.access;

class DirectoryInMemoryTest implements DirectoryContract {
    @Override
    public Directory directory() {
        return new DirectoryInMemory();
    }
}
