package org.postern.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.postern.core.settings.Setting;
import org.postern.core.settings.SettingsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folder of the embedded database and its keys, readable by its owner only where the file system can tell. */
final class DataFolder {
    /** The database's name, of which H2 makes a file. */
    static final String DATABASE = "postern";

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final Path path;

    DataFolder(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    Path path() {
        return path;
    }

    /** Makes the folder where it is not there. */
    DataFolder make() {
        try {
            Files.createDirectories(path, attributes(path, "rwx------"));
            if (openToOthers(path)) {
                LOG.warn("The data folder {} is open to others: chmod 700 it", path);
            }
            return this;
        } catch (IOException e) {
            throw new SettingsException(
                    Setting.DATA.key(), "the folder " + path + " cannot be made or read (" + e + ")");
        }
    }

    /** The attributes for a new file or folder at or below a path; none where the file system knows none. */
    static FileAttribute<?>[] attributes(Path path, String permissions) throws IOException {
        return knowsPermissions(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    static boolean openToOthers(Path path) throws IOException {
        return knowsPermissions(path)
                && Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains);
    }

    private static boolean knowsPermissions(Path path) throws IOException {
        Path there = path;
        while (!Files.exists(there)) {
            Path parent = there.getParent();
            if (parent == null) {
                return false;
            }
            there = parent;
        }
        FileStore store = Files.getFileStore(there);
        return store.supportsFileAttributeView(PosixFileAttributeView.class);
    }

    /**
     * The URL of the embedded database. H2's usual file system closes the file under everybody when one thread is
     * interrupted; the asynchronous one does not.
     */
    String databaseUrl() {
        String file = path.resolve(DATABASE).toString();
        if (file.indexOf(';') >= 0) {
            throw new SettingsException(Setting.DATA.key(), "the path of the data folder must not hold a semicolon");
        }
        return "jdbc:h2:async:" + file;
    }
}
