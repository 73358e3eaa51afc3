package org.postern.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.postern.core.UnavailableException;

/**
 * A small text of the data folder, for its owner only and always replaced as a whole. Safe for many threads and processes
 * at once. All methods throw {@link UnavailableException} where the file cannot be read or written.
 */
final class PrivateFile {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final DataFolder folder;
    private final Path path;

    PrivateFile(DataFolder folder, String name) {
        this.folder = folder;
        this.path = folder.path().resolve(name);
    }

    Path path() {
        return path;
    }

    /** Whether it is there, and somebody else may read or write it. */
    boolean isOpenToOthers() {
        try {
            return isThere() && DataFolder.openToOthers(path);
        } catch (IOException e) {
            throw fault("read", e);
        }
    }

    private boolean isThere() {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Its lines; empty where there is no such file. */
    Optional<List<String>> lines() {
        try {
            return isThere() ? Optional.of(Files.readAllLines(path, StandardCharsets.ISO_8859_1)) : Optional.empty();
        } catch (IOException e) {
            throw fault("read", e);
        }
    }

    /** Puts the whole text in place at once: whoever reads sees the old one or the new one. */
    void replace(String text) {
        Path draft = path.resolveSibling(path.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            try (FileChannel channel = FileChannel.open(draft, options, DataFolder.attributes(draft, "rw-------"))) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            giveTo(draft, Files.exists(path) ? path : folder.path());
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw fault("written", e);
        }
    }

    /** A command that root runs must not take a file away from the service, which runs as a user of its own. */
    private static void giveTo(Path made, Path like) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
        PosixFileAttributeView wanted = Files.getFileAttributeView(like, PosixFileAttributeView.class);
        if (view == null || wanted == null) {
            return;
        }
        PosixFileAttributes is = view.readAttributes();
        PosixFileAttributes as = wanted.readAttributes();
        if (!is.owner().equals(as.owner())) {
            view.setGroup(as.group());
            view.setOwner(as.owner());
        }
    }

    /** Does a change that no other thread or process may make at the same time; makes the folder where it is not there. */
    <T> T locked(Supplier<T> change) {
        folder.make();
        Path lockFile = path.resolveSibling(path.getFileName() + ".lock");
        Set<StandardOpenOption> options = EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (FileChannel channel = FileChannel.open(lockFile, options, DataFolder.attributes(lockFile, "rw-------"));
                FileLock lock = lock(channel)) {
            if (!lock.isValid()) {
                throw new IOException("the lock was lost");
            }
            giveLock(lockFile);
            return change.get();
        } catch (IOException e) {
            throw fault("changed", e);
        }
    }

    /** Where this user may not give files away, it is not root, whom the service would be locked out by. */
    private void giveLock(Path lockFile) {
        try {
            giveTo(lockFile, folder.path());
        } catch (IOException notAllowed) {
            // the file stays this user's
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return lock;
                }
            } catch (OverlappingFileLockException heldInThisProcess) {
                // Tried again, as where another process holds it.
            }
            pause();
        }
        throw new UnavailableException("the file " + path + " is being changed by another process");
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted while waiting for a file", e);
        }
    }

    private UnavailableException fault(String verb, IOException cause) {
        return new UnavailableException("the file " + path + " cannot be " + verb, cause);
    }
}
