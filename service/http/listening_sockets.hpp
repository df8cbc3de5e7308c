#pragma once
// Listening sockets: opened here, or taken over from a service manager that keeps them open while the service is
// replaced (sd_listen_fds(3)). Whoever waits in a socket that was taken over is not lost when this process ends.

#include <cstdint>
#include <string>
#include <vector>

namespace itqan::http {

struct InheritedSocket {
    int descriptor = -1;
    std::string name;  ///< "public", "internal", or what its unit is called.

    /// Every name that holds "internal" is the internal listener's.
    bool is_internal() const { return name.find("internal") != std::string::npos; }
};

/// What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say, if that is meant for this process. The variables are removed, so
/// that no child takes the sockets for its own. Throws std::runtime_error for a descriptor that is no stream socket.
std::vector<InheritedSocket> take_inherited_sockets();

/// A listening socket on an address ("127.0.0.1", "::") and a port; 0: any free one. `shared`: another process of the
/// same user may listen there too (SO_REUSEPORT). Throws std::runtime_error with the system's reason.
int open_listening_socket(std::string const& address, std::uint16_t port, bool shared);

/// Whether a socket is bound where only this machine reaches it: a loopback address, or a path of the file system.
bool is_local_only(int descriptor);

/// Lets the process have so many descriptors, if the hard limit permits it; how many it has now.
std::size_t raise_descriptor_limit(std::size_t wanted);

}  // namespace itqan::http
