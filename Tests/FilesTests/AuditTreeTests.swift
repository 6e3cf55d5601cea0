import Files
import Hashing
import Primitives
import TestKit
import Testing

@Suite("Audit tree") struct AuditTreeTests {
  static func leaves(_ count: Int) -> [H256] { (0..<count).map { AuditTree.leaf([UInt8($0 & 255), UInt8($0 >> 8)]) } }

  @Test("leaf and node are hashed with their marks") func marks() {
    let (a, b) = (AuditTree.leaf([1, 2]), AuditTree.leaf([]))
    #expect(a == Hash.sha256([0, 1, 2]))
    #expect(b.hex == "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    #expect(AuditTree.node(a, b) == Hash.sha256([1] + a.bytes + b.bytes))
  }

  @Test("three leaves: the odd one rises") func three() throws {
    let leaves = Self.leaves(3)
    let tree = try #require(AuditTree(leaves: leaves))
    #expect(tree.root == AuditTree.node(AuditTree.node(leaves[0], leaves[1]), leaves[2]))
    #expect(tree.path(to: 2)?.count == 1)
    #expect(AuditTree(leaves: []) == nil)
    #expect(tree.path(to: 3) == nil && tree.path(to: -1) == nil && tree.leaf(at: 3) == nil)
  }

  @Test("every path of every small tree verifies, and nothing else does", arguments: 1...40) func paths(count: Int) throws {
    let leaves = Self.leaves(count)
    let tree = try #require(AuditTree(leaves: leaves))
    var builder = AuditTree.Builder()
    #expect(builder.root == nil)
    for leaf in leaves { builder.append(leaf) }
    #expect(builder.root == tree.root && builder.count == UInt64(count))
    for index in 0..<count {
      let path = try #require(tree.path(to: index))
      #expect(path.count <= AuditTree.maximumPath(count: UInt64(count)))
      func verify(
        _ leaf: H256? = nil, at place: UInt64? = nil, of total: UInt64? = nil, along way: [H256]? = nil
      ) -> Bool {
        AuditTree.verify(
          leaf: leaf ?? leaves[index], index: place ?? UInt64(index), count: total ?? UInt64(count), path: way ?? path,
          root: tree.root)
      }
      #expect(verify())
      #expect(!verify(AuditTree.leaf([9, 9, 9])))
      #expect(!verify(along: path + [.zero]))
      if !path.isEmpty {
        #expect(!verify(along: Array(path.dropLast())))
        #expect(!verify(along: Array(path.dropFirst())))
        for place in path.indices {
          var changed = path
          changed[place].words.w3 ^= 1
          #expect(!verify(along: changed))
        }
      }
      for other in 0..<count + 2 where other != index { #expect(!verify(at: UInt64(other))) }
      #expect(!verify(at: .max) && !verify(of: 0) && !verify(of: UInt64(index)))
    }
  }

  @Test("another count is refused wherever it changes the way to the leaf") func counts() throws {
    // Seven leaves: index 6 rises once and has two neighbours; among eight it has three, among five there is none.
    let tree = try #require(AuditTree(leaves: Self.leaves(7)))
    let (leaf, path) = (try #require(tree.leaf(at: 6)), try #require(tree.path(to: 6)))
    for count in [UInt64(0), 1, 5, 6, 8, 9, 64, .max] {
      #expect(!AuditTree.verify(leaf: leaf, index: 6, count: count, path: path, root: tree.root), "count \(count)")
    }
  }

  @Test("a node does not pass for a leaf") func nodeAsLeaf() throws {
    let leaves = Self.leaves(4)
    let tree = try #require(AuditTree(leaves: leaves))
    let inner = leaves[0].bytes + leaves[1].bytes
    let upper = AuditTree.node(leaves[2], leaves[3])
    #expect(!AuditTree.verify(leaf: AuditTree.leaf(inner), index: 0, count: 2, path: [upper], root: tree.root))
    #expect(!AuditTree.verify(leaf: AuditTree.leaf([1] + inner), index: 0, count: 2, path: [upper], root: tree.root))
  }

  @Test("the largest counts end") func largest() {
    let path = [H256](repeating: .zero, count: 64)
    #expect(!AuditTree.verify(leaf: .zero, index: .max - 1, count: .max, path: path, root: .zero))
    #expect(!AuditTree.verify(leaf: .zero, index: 0, count: .max, path: [], root: .zero))
    #expect(AuditTree.maximumPath(count: .max) == 64 && AuditTree.maximumPath(count: 2) == 1)
    #expect(AuditTree.maximumPath(count: 0) == 0 && AuditTree.maximumPath(count: 1) == 0)
    #expect(AuditTree.maximumPath(count: 3) == 2 && AuditTree.maximumPath(count: 4) == 2)
  }
}
